"""One running execution: its branches, the variables in their scope, and the visit of a state."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, NamedTuple

from local.stepfunctions.clock import Clock
from local.stepfunctions.errors import QueryError, StateError, StatesRuntimeError
from local.stepfunctions.json_types import JSON
from local.stepfunctions.jsonata_query import Environment
from local.stepfunctions.record import StateRecord, StateStatus
from local.stepfunctions.work import Background

Invoke = Callable[[str, JSON], Awaitable[JSON]]
"""Invoke a function by its ARN with a payload; raises FunctionError where the function fails."""

_ARN: Final = "arn:aws:states:us-east-1:000000000000"


class Outcome(NamedTuple):
    """What a state ends with; `next` is None where the branch ends."""

    output: JSON
    next: str | None


@dataclass(slots=True)
class Execution:
    """What every branch of an execution shares."""

    machine: str
    name: str
    input: JSON
    invoke: Invoke
    clock: Clock
    jitter: Callable[[float], float]
    background: Background
    started: float
    events: list[StateRecord] = field(default_factory=list)

    def milliseconds(self) -> float:
        """Now, in epoch milliseconds."""
        return self.clock.now() * 1000


@dataclass(slots=True)
class Branch:
    """A sequence of states with its own variables; reads those of the branch around it."""

    execution: Execution
    path: str
    variables: dict[str, JSON]
    stopped: bool = False
    groups: list["BranchGroup"] = field(default_factory=list)

    def stop(self) -> None:
        """Let no further state start here or in any branch inside."""
        self.stopped = True
        for group in self.groups:
            group.stop()


class BranchGroup:
    """Branches that run side by side; the first failure stops all others at once."""

    def __init__(self, parent: Branch) -> None:
        self.parent = parent
        self.branches: list[Branch] = []
        self.tasks: list[asyncio.Task[JSON]] = []
        self.failure: StateError | None = None

    def start(self, label: str, work: Callable[[Branch], Awaitable[JSON]]) -> asyncio.Task[JSON]:
        """Start a branch; its path is the parent's with `label` behind."""
        path = f"{self.parent.path}/{label}" if self.parent.path else label
        branch = Branch(self.parent.execution, path, dict(self.parent.variables))
        task = asyncio.get_running_loop().create_task(self._guard(branch, work))
        self.branches.append(branch)
        self.tasks.append(task)
        return task

    async def results(self) -> list[JSON]:
        """The results in order, once every branch has ended; raises the first failure."""
        self.parent.groups.append(self)
        try:
            await asyncio.wait(self.tasks)
        except asyncio.CancelledError:
            self.stop()
            await asyncio.wait(self.tasks)
            raise
        finally:
            self.parent.groups.remove(self)
        if self.failure is not None:
            raise self.failure
        return [task.result() for task in self.tasks]

    def stop(self) -> None:
        """Cancel every wait and backoff, and let no further state start. Functions that were invoked run on."""
        for branch in self.branches:
            branch.stop()
        running = asyncio.current_task()
        for task in self.tasks:
            if task is not running:
                task.cancel()

    async def _guard(self, branch: Branch, work: Callable[[Branch], Awaitable[JSON]]) -> JSON:
        try:
            return await work(branch)
        except StateError as error:
            if self.failure is None:
                self.failure = error
            self.stop()
            return None


@dataclass(slots=True)
class Visit:
    """One entered state: where it runs, what it got, what is recorded of it."""

    branch: Branch
    record: StateRecord
    input: JSON

    @property
    def execution(self) -> Execution:
        """The execution this visit belongs to."""
        return self.branch.execution

    def environment(self, **states: JSON) -> Environment:
        """What expressions may read: `$states.input`, and result or errorOutput where there is one."""
        return Environment(self.branch.variables, {"input": self.input, **states}, self.context)

    def context(self) -> JSON:
        """The context object."""
        execution = self.execution
        return {
            "Execution": {
                "Id": f"{_ARN}:express:{execution.machine}:{execution.name}",
                "Input": execution.input,
                "Name": execution.name,
                "RedriveCount": 0,
                "RoleArn": "arn:aws:iam::000000000000:role/local",
                "StartTime": timestamp(execution.started),
            },
            "State": {
                "EnteredTime": timestamp(self.record.entered),
                "Name": self.record.name,
                "RetryCount": self.record.retries,
            },
            "StateMachine": {"Id": f"{_ARN}:stateMachine:{execution.machine}", "Name": execution.machine},
        }

    def leave(self, status: StateStatus, output: JSON = None, error: StateError | None = None) -> None:
        """Close the record of this state."""
        self.record.status, self.record.output = status, output
        self.record.left = self.execution.milliseconds()
        if error is not None:
            self.record.error, self.record.cause = error.error, error.cause

    def located(self, error: StateError) -> StateError:
        """An error of the engine itself, with the state named in its cause as AWS names it."""
        if isinstance(error, QueryError | StatesRuntimeError) and not error.located:
            number = self.execution.events.index(self.record) + 1
            error.cause = (
                f"An error occurred while executing the state '{self.record.name}'"
                f" (entered at the event id #{2 * number}). {error.cause}"
            )
            error.located = True
        return error


def timestamp(milliseconds: float) -> str:
    """Epoch milliseconds as ISO 8601 in UTC."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
