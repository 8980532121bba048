"""What state machines did and do: every execution that runs, and the latest that have ended."""

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from local.stepfunctions import ExecutionRecord

EXECUTIONS_KEPT = 200
"""How many ended executions of each machine can be asked about; older ones are forgotten."""


@dataclass(frozen=True, eq=False)
class Execution:
    """An execution that was started. `target` is the ARN it was started by, `machine` the unqualified one."""

    machine: str
    target: str
    record: ExecutionRecord
    task: "asyncio.Task[ExecutionRecord]"
    trace_header: str | None = None

    async def stop(self, error: str | None = None, cause: str | None = None) -> None:
        """Abort it, if it runs."""
        if self.task.done():
            return
        self.task.cancel()
        await asyncio.wait([self.task])
        if self.task.cancelled():
            # One that is stopped before its first step has written nothing.
            self.record.end("ABORTED", self.record.ended or self.record.started, error=error, cause=cause)


class Executions:
    """The executions of one machine."""

    def __init__(self) -> None:
        self._by_arn: dict[str, Execution] = {}
        self._by_name: dict[str, Execution] = {}
        self._ended: deque[Execution] = deque()

    def __iter__(self) -> Iterator[Execution]:
        """The latest first."""
        return reversed(self._by_arn.values())

    def add(self, execution: Execution) -> None:
        """Keep an execution that has just been started."""
        self._by_arn[execution.record.arn] = execution
        self._by_name[execution.record.name] = execution
        execution.task.add_done_callback(lambda _: self._end(execution))

    def by_arn(self, arn: str) -> Execution | None:
        """The execution with this ARN."""
        return self._by_arn.get(arn)

    def by_name(self, name: str) -> Execution | None:
        """The latest execution of this name."""
        return self._by_name.get(name)

    def _end(self, execution: Execution) -> None:
        self._ended.append(execution)
        while len(self._ended) > EXECUTIONS_KEPT:
            oldest = self._ended.popleft()
            for kept, key in ((self._by_arn, oldest.record.arn), (self._by_name, oldest.record.name)):
                if kept.get(key) is oldest:
                    del kept[key]
