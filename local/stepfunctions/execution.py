"""One running execution: its branches, the variables in their scope, and the visit of a state."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, NamedTuple, Protocol

from local.clock import Clock
from local.stepfunctions.environment import Environment
from local.stepfunctions.errors import EvaluationError, StateError
from local.stepfunctions.history import History
from local.stepfunctions.identity import Identity
from local.stepfunctions.json_types import JSON
from local.stepfunctions.record import Attempt, ExecutionRecord, StateRecord, StateStatus, current_attempt
from local.stepfunctions.services import Services
from local.stepfunctions.tokens import TaskTokens, WaitingTask
from local.stepfunctions.work import Background

_RETRIED: Final = frozenset({"Map", "Parallel", "Task"})


class Outcome(NamedTuple):
    """What a state ends with; `next` is None where the branch ends."""

    output: JSON
    next: str | None


@dataclass(slots=True)
class Execution:
    """What every branch of an execution shares."""

    identity: Identity
    record: ExecutionRecord
    services: Services
    clock: Clock
    jitter: Callable[[float], float]
    background: Background
    tokens: TaskTokens

    @property
    def events(self) -> list[StateRecord]:
        """The states entered so far."""
        return self.record.events

    def milliseconds(self) -> float:
        """Now, in epoch milliseconds."""
        return self.clock.now() * 1000


class Stoppable(Protocol):
    """Branches inside of a branch."""

    def stop(self) -> None:
        """Stop all of them."""


@dataclass(slots=True)
class Branch:
    """A sequence of states with its own variables; reads those of the branch around it.

    `context` is what it adds to the context object: in a Map, its item.
    """

    execution: Execution
    path: str
    variables: dict[str, JSON]
    history: History
    context: Mapping[str, JSON] = field(default_factory=dict)
    stopped: bool = False
    groups: list["Stoppable"] = field(default_factory=list)

    def stop(self) -> None:
        """Let no further state start here or in any branch inside."""
        self.stopped = True
        for group in self.groups:
            group.stop()


@dataclass(slots=True)
class Visit:
    """One entered state: where it runs, what it got, what is recorded of it, the id of its entry in the history."""

    branch: Branch
    record: StateRecord
    input: JSON
    event: int
    waiting: WaitingTask | None = None

    @property
    def execution(self) -> Execution:
        """The execution this visit belongs to."""
        return self.branch.execution

    def environment(self, root: JSON) -> Environment:
        """What the fields of the state may read: `$states.input` is its raw input, `$` the root."""
        return Environment(
            self.branch.variables, {"input": self.input}, root, self.context, self.execution.milliseconds
        )

    def context(self) -> JSON:
        """The context object."""
        execution, identity = self.execution.record, self.execution.identity
        return {
            "Execution": {
                "Id": execution.arn,
                "Input": execution.input,
                "Name": execution.name,
                "RedriveCount": 0,
                "RoleArn": identity.role_arn,
                "StartTime": timestamp(execution.started),
            },
            "State": {
                "EnteredTime": timestamp(self.record.entered),
                "Name": self.record.name,
                **({"RetryCount": self.record.retries} if self.record.type in _RETRIED else {}),
            },
            "StateMachine": {"Id": identity.machine_arn, "Name": identity.name},
            **({} if self.waiting is None else {"Task": {"Token": self.waiting.token}}),
            **self.branch.context,
        }

    def attempt(self) -> Attempt:
        """Begin a try of the state's work."""
        attempt = Attempt(self.execution.milliseconds())
        self.record.attempts.append(attempt)
        current_attempt.set(attempt)
        return attempt

    def leave(self, status: StateStatus, output: JSON = None, error: StateError | None = None) -> None:
        """Close the record of this state."""
        self.record.status, self.record.output = status, output
        self.record.left = self.execution.milliseconds()
        if self.record.attempts and self.record.attempts[-1].ended is None:
            self.record.attempts[-1].ended = self.record.left
        if error is not None:
            self.record.error, self.record.cause = error.error, error.cause

    def located(self, error: StateError) -> StateError:
        """An error of the engine itself, with the state named in its cause as AWS names it."""
        if isinstance(error, EvaluationError) and not error.located:
            error.cause = (
                f"An error occurred while executing the state '{self.record.name}'"
                f" (entered at the event id #{self.event}). {error.cause}"
            )
            error.located = True
        return error


def timestamp(milliseconds: float) -> str:
    """Epoch milliseconds as ISO 8601 in UTC."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
