"""A state machine: compiled once, run many times."""

import asyncio
import random
import uuid
from collections.abc import Callable, Mapping
from functools import partial

from local.clock import Clock, SystemClock
from local.stepfunctions import fields
from local.stepfunctions.compiler import Compiler, query_language
from local.stepfunctions.errors import DefinitionError, StateError
from local.stepfunctions.execution import Branch, Execution
from local.stepfunctions.graph import Graph
from local.stepfunctions.history import History
from local.stepfunctions.identity import Identity
from local.stepfunctions.json_types import JSON, check_size
from local.stepfunctions.kinds import KINDS, Kind, KindName
from local.stepfunctions.record import ExecutionRecord
from local.stepfunctions.resources import Resources
from local.stepfunctions.services import Call, Caller, Check, Invoke, Services, current_caller
from local.stepfunctions.tokens import TaskTokens
from local.stepfunctions.work import Background, Work


def full_jitter(seconds: float) -> float:
    """Anything from 0 to the whole delay."""
    return random.uniform(0, seconds)  # noqa: S311 - spreads retries, hides no secret


class StateMachine:
    """A compiled state machine. Keeps the functions that run on after their branch was stopped."""

    def __init__(
        self,
        identity: Identity,
        *,
        kind: Kind,
        graph: Graph,
        timeout: float,
        jitter: Callable[[float], float],
        tokens: TaskTokens,
    ) -> None:
        self.identity, self.kind, self.tokens = identity, kind, tokens
        self._graph, self._timeout, self._jitter = graph, timeout, jitter
        self._background = Background()

    @classmethod
    def compile(
        cls,
        definition: Mapping[str, JSON],
        *,
        name: str,
        identity: Identity | None = None,
        kind: KindName = "EXPRESS",
        check: Check | None = None,
        tokens: TaskTokens | None = None,
        jitter: Callable[[float], float] = full_jitter,
    ) -> "StateMachine":
        """Compile a definition; raises DefinitionError naming the state and the field that cannot be run.

        `identity` is what the context object says of the machine. `check` looks at the calls of services. `tokens`
        may be shared with other machines. `jitter` turns the seconds of a retry with JitterStrategy FULL into those
        that are waited.
        """
        kind_of = KINDS[kind]
        for field in definition:
            if field not in fields.MACHINE:
                raise DefinitionError("the field is not implemented here", field=field)
        timeout = definition.get("TimeoutSeconds", kind_of.seconds)
        if isinstance(timeout, bool) or not isinstance(timeout, int | float) or timeout <= 0:
            raise DefinitionError("expected a positive number", field="TimeoutSeconds")
        graph = Compiler(query_language(definition), Resources(kind_of, check)).graph(definition)
        return cls(
            identity or Identity(name, executions=kind_of.executions),
            kind=kind_of,
            graph=graph,
            timeout=min(timeout, kind_of.seconds),
            jitter=jitter,
            tokens=TaskTokens() if tokens is None else tokens,
        )

    async def run(
        self,
        value: JSON,
        invoke: Invoke,
        *,
        call: Call | None = None,
        execution_name: str | None = None,
        clock: Clock | None = None,
    ) -> ExecutionRecord:
        """Execute with `value` as the input; never raises for a failing execution.

        `call` serves the Tasks that name a service other than Lambda. `invoke` must not change the payload it gets:
        the record and other branches hold the same objects.
        """
        clock = clock or SystemClock()
        return await self.carry_out(self.begin(value, execution_name, clock), invoke, call=call, clock=clock)

    def begin(self, value: JSON, execution_name: str | None = None, clock: Clock | None = None) -> ExecutionRecord:
        """The record of an execution that starts now; `carry_out` writes on in it while the execution runs."""
        name, now = execution_name or str(uuid.uuid4()), (clock or SystemClock()).now()
        return ExecutionRecord(name, "RUNNING", value, now * 1000, arn=self.identity.execution_arn(name))

    async def carry_out(
        self, record: ExecutionRecord, invoke: Invoke, *, call: Call | None = None, clock: Clock | None = None
    ) -> ExecutionRecord:
        """Execute what `begin` began. Cancelling it aborts the execution."""
        clock = clock or SystemClock()
        execution = Execution(
            self.identity, record, Services(invoke, call), clock, self._jitter, self._background, self.tokens
        )
        root = Branch(execution, "", {}, History(self.kind.history_events))
        walk = Work(partial(self._start, root, record.input))
        try:
            in_time = await walk.ends(clock, self._timeout)
        except asyncio.CancelledError:
            await _abort(root, walk.task)
            record.end("ABORTED", execution.milliseconds())
            raise
        if not in_time:
            await _abort(root, walk.task)
            return record.end("TIMED_OUT", execution.milliseconds())
        try:
            return record.end("SUCCEEDED", execution.milliseconds(), output=walk.task.result())
        except StateError as error:
            return record.end("FAILED", execution.milliseconds(), error=error.error, cause=error.cause)

    async def _start(self, root: Branch, value: JSON) -> JSON:
        current_caller.set(Caller(root.execution.record.arn, self.identity.machine_arn))
        check_size(value, self.identity.name)
        return await self._graph.run(root, value)

    @property
    def running_functions(self) -> int:
        """How many invoked functions have not answered yet, those of stopped branches included."""
        return len(self._background)

    async def drain(self) -> None:
        """Wait until every function that was invoked has answered."""
        await self._background.drain()


async def _abort(root: Branch, task: asyncio.Task[JSON]) -> None:
    root.stop()
    task.cancel()
    await asyncio.wait([task])
