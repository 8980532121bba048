"""What an execution did, state by state: enough to draw its waterfall."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal

from local.stepfunctions.json_types import JSON

ExecutionStatus = Literal["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]
StateStatus = Literal["running", "succeeded", "failed", "caught", "aborted"]


@dataclass(slots=True, eq=False)
class Attempt:
    """One try of a Task, Parallel or Map. Times are epoch milliseconds; `ended` is None while it runs.

    `arguments` is what the work got, `result` what came of it, before Output or the paths shaped it. `backoff` is how
    many seconds were waited before the next try. `notes` are facts of whoever served the call.
    """

    started: float
    ended: float | None = None
    arguments: JSON = None
    result: JSON = None
    error: str | None = None
    cause: str | None = None
    backoff: float | None = None
    notes: dict[str, JSON] = field(default_factory=dict)


current_attempt: ContextVar[Attempt] = ContextVar("current_attempt")
"""The attempt in whose course a function or a service is called: an `invoke` or `call` may add its notes."""


@dataclass(slots=True, eq=False)
class StateRecord:
    """One state that was entered. Times are epoch milliseconds; `left` is None while it runs.

    `path` names the branch the state is in: "" at the top, "Answer turn[0]/Gather[1]" in branch 1 of the Parallel
    "Gather" that is in branch 0 of "Answer turn". `caught` means that it failed and a Catch took over; `aborted` that
    a sibling branch failed, or the time of the execution was over, while it ran. `assigned` are the variables it set.
    """

    name: str
    type: str
    path: str
    entered: float
    input: JSON
    left: float | None = None
    output: JSON = None
    error: str | None = None
    cause: str | None = None
    retries: int = 0
    status: StateStatus = "running"
    assigned: dict[str, JSON] | None = None
    attempts: list[Attempt] = field(default_factory=list)


@dataclass(slots=True)
class ExecutionRecord:
    """One execution and its result. Times are epoch milliseconds; `ended` is None while it runs."""

    name: str
    status: ExecutionStatus
    input: JSON
    started: float
    ended: float | None = None
    output: JSON = None
    error: str | None = None
    cause: str | None = None
    arn: str = ""
    events: list[StateRecord] = field(default_factory=list)

    def end(
        self,
        status: ExecutionStatus,
        at: float,
        *,
        output: JSON = None,
        error: str | None = None,
        cause: str | None = None,
    ) -> "ExecutionRecord":
        """Close the record."""
        self.status, self.ended = status, at
        self.output, self.error, self.cause = output, error, cause
        return self
