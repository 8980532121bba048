"""What can go wrong, at compile time and in an execution.

StepFunctionsError
├── DefinitionError         a definition is refused when it is compiled
├── FunctionError           raised by an `invoke` callable: the function failed
└── StateError              a state failed, with an error name that Retry and Catch see
    ├── QueryError          States.QueryEvaluationError
    └── StatesRuntimeError      States.Runtime: never retried, never caught
"""

from typing import Final

ALL: Final = "States.ALL"
DATA_LIMIT_EXCEEDED: Final = "States.DataLimitExceeded"
NO_CHOICE_MATCHED: Final = "States.NoChoiceMatched"
QUERY_EVALUATION_ERROR: Final = "States.QueryEvaluationError"
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


class FunctionError(StepFunctionsError):
    """A function failed; `cause` is the Lambda runtime's JSON error document as text."""

    def __init__(self, error: str, cause: str = "") -> None:
        self.error, self.cause = error, cause
        super().__init__(f"{error}: {cause}")


class StateError(StepFunctionsError):
    """A state failed with an error name and a cause; a Fail state may leave either out."""

    def __init__(self, error: str | None, cause: str | None) -> None:
        self.error = None if error is None else error[:MAX_ERROR_CHARACTERS]
        self.cause = None if cause is None else cause[:MAX_CAUSE_CHARACTERS]
        self.located = False
        super().__init__(f"{error}: {cause}")

    def output(self) -> dict[str, str]:
        """The error output that a Catch sees; an absent error or cause stays absent."""
        return {key: value for key, value in (("Error", self.error), ("Cause", self.cause)) if value is not None}


class QueryError(StateError):
    """A JSONata expression failed, or its result is undefined or of the wrong type."""

    def __init__(self, cause: str) -> None:
        super().__init__(QUERY_EVALUATION_ERROR, cause)


class StatesRuntimeError(StateError):
    """The execution cannot go on, for a reason that no definition can handle."""

    def __init__(self, cause: str) -> None:
        super().__init__(RUNTIME, cause)


def matches(error: str | None, names: tuple[str, ...]) -> bool:
    """Whether a Retry or Catch that lists `names` applies.

    States.Runtime is beyond both. States.ALL takes every other error, States.DataLimitExceeded included (as AWS was
    recorded to do); States.TaskFailed takes every other error but States.Timeout.
    """
    if error == RUNTIME:
        return False
    if error in names or ALL in names:
        return True
    return TASK_FAILED in names and error != TIMEOUT
