"""The fields that are implemented, by state type and query language: any other is refused."""

from collections.abc import Mapping
from typing import Final

JSONATA: Final = "JSONata"

MACHINE: Final = frozenset({"Comment", "QueryLanguage", "StartAt", "States", "TimeoutSeconds", "Version"})
BRANCH: Final = frozenset({"Comment", "QueryLanguage", "StartAt", "States"})
CATCHER: Final = frozenset({"Assign", "Comment", "ErrorEquals", "Next", "Output"})
RETRIER: Final = frozenset(
    {"BackoffRate", "Comment", "ErrorEquals", "IntervalSeconds", "JitterStrategy", "MaxAttempts", "MaxDelaySeconds"}
)
CHOICE_RULE: Final = frozenset({"Assign", "Comment", "Condition", "Next", "Output"})

_ANY: Final = frozenset({"Comment", "QueryLanguage", "Type"})
_FLOW: Final = _ANY | {"Assign", "End", "Next", "Output"}

STATES: Final[Mapping[str, frozenset[str]]] = {
    "Choice": _ANY | {"Assign", "Choices", "Default", "Output"},
    "Fail": _ANY | {"Cause", "Error"},
    "Parallel": _FLOW | {"Arguments", "Branches", "Catch", "Retry"},
    "Pass": _FLOW,
    "Succeed": _ANY | {"Output"},
    "Task": _FLOW | {"Arguments", "Catch", "Resource", "Retry", "TimeoutSeconds"},
    "Wait": _FLOW | {"Seconds", "Timestamp"},
}
