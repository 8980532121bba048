"""What can go wrong, at compile time and in an execution.

StepFunctionsError
├── DefinitionError         a definition is refused when it is compiled
├── ResourceError           raised by a `check` callable: a Task calls what does not exist
├── FunctionError           raised by an `invoke` or `call` callable: the function or the service failed
├── TokenError              a task token cannot be used
│   ├── InvalidTokenError   nobody issued it
│   └── TaskTimedOutError   its task has ended
└── StateError              a state failed, with an error name that Retry and Catch see
    ├── HeartbeatTimeoutError       States.Timeout, which States.HeartbeatTimeout matches too
    └── EvaluationError     a field of the state could not be evaluated; its cause names the state
        ├── IntrinsicError          States.IntrinsicFailure
        ├── QueryError              States.QueryEvaluationError
        ├── ResultPathError         States.ResultPathMatchFailure
        └── StatesRuntimeError      States.Runtime: never retried, never caught
"""

from typing import Final

ALL: Final = "States.ALL"
DATA_LIMIT_EXCEEDED: Final = "States.DataLimitExceeded"
HEARTBEAT_TIMEOUT: Final = "States.HeartbeatTimeout"
INTRINSIC_FAILURE: Final = "States.IntrinsicFailure"
NO_CHOICE_MATCHED: Final = "States.NoChoiceMatched"
QUERY_EVALUATION_ERROR: Final = "States.QueryEvaluationError"
RESULT_PATH_MATCH_FAILURE: Final = "States.ResultPathMatchFailure"
RUNTIME: Final = "States.Runtime"
TASK_FAILED: Final = "States.TaskFailed"
TIMEOUT: Final = "States.Timeout"

MAX_ERROR_CHARACTERS: Final = 256
MAX_CAUSE_CHARACTERS: Final = 32_768


class StepFunctionsError(Exception):
    """The base of every error of this package."""


class DefinitionError(StepFunctionsError):
    """A definition is refused; names the state and the field."""

    def __init__(self, problem: str, *, state: str | None = None, field: str | None = None) -> None:
        self.problem, self.state, self.field = problem, state, field
        place = [f"state '{state}'"] if state else ["state machine"]
        if field:
            place.append(f"field '{field}'")
        super().__init__(f"{', '.join(place)}: {problem}")


class ResourceError(StepFunctionsError):
    """A Task calls a service, an action or a parameter that does not exist.

    `parameter` is the path below the Task's Arguments, such as "Item/id/N"; None is the Resource itself.
    """

    def __init__(self, problem: str, parameter: str | None = None) -> None:
        self.problem, self.parameter = problem, parameter
        super().__init__(problem)


class FunctionError(StepFunctionsError):
    """A function or a service failed; a function's `cause` is the Lambda runtime's JSON error document as text."""

    def __init__(self, error: str, cause: str = "") -> None:
        self.error, self.cause = error, cause
        super().__init__(f"{error}: {cause}")


class TokenError(StepFunctionsError):
    """A task token cannot be used."""


class InvalidTokenError(TokenError):
    """Nobody issued this token."""


class TaskTimedOutError(TokenError):
    """The task of this token has ended: it was answered, timed out, or was stopped."""


class StateError(StepFunctionsError):
    """A state failed with an error name and a cause; a Fail state may leave either out."""

    def __init__(self, error: str | None, cause: str | None) -> None:
        self.error = None if error is None else error[:MAX_ERROR_CHARACTERS]
        self.cause = None if cause is None else cause[:MAX_CAUSE_CHARACTERS]
        super().__init__(f"{error}: {cause}")

    @property
    def names(self) -> tuple[str | None, ...]:
        """The names by which Retry and Catch know it."""
        return (self.error,)

    def output(self) -> dict[str, str]:
        """The error output that a Catch sees; an absent error or cause stays absent."""
        return {key: value for key, value in (("Error", self.error), ("Cause", self.cause)) if value is not None}


class HeartbeatTimeoutError(StateError):
    """A task sent no heartbeat in time. AWS knows the second name in Retry and Catch only."""

    def __init__(self) -> None:
        super().__init__(TIMEOUT, "")

    @property
    def names(self) -> tuple[str | None, ...]:
        return (self.error, HEARTBEAT_TIMEOUT)


class EvaluationError(StateError):
    """A field of the state could not be evaluated. `located` says that the cause names the state."""

    def __init__(self, error: str, cause: str) -> None:
        super().__init__(error, cause)
        self.located = False


class IntrinsicError(EvaluationError):
    """An intrinsic function failed."""

    def __init__(self, cause: str) -> None:
        super().__init__(INTRINSIC_FAILURE, cause)


class ResultPathError(EvaluationError):
    """ResultPath cannot be applied to the state's input."""

    def __init__(self, cause: str) -> None:
        super().__init__(RESULT_PATH_MATCH_FAILURE, cause)


class QueryError(EvaluationError):
    """A JSONata expression failed, or its result is undefined or of the wrong type."""

    def __init__(self, cause: str) -> None:
        super().__init__(QUERY_EVALUATION_ERROR, cause)


class StatesRuntimeError(EvaluationError):
    """The execution cannot go on, for a reason that no definition can handle."""

    def __init__(self, cause: str) -> None:
        super().__init__(RUNTIME, cause)


def matches(error: StateError, names: tuple[str, ...]) -> bool:
    """Whether a Retry or Catch that lists `names` applies.

    States.Runtime is beyond both. States.ALL takes every other error, States.DataLimitExceeded included (as AWS was
    recorded to do); States.TaskFailed takes every other error but States.Timeout.
    """
    if error.error == RUNTIME:
        return False
    if ALL in names or any(name in names for name in error.names):
        return True
    return TASK_FAILED in names and error.error != TIMEOUT
