"""The fields that are implemented, by state type and query language: any other is refused."""

from collections.abc import Mapping
from typing import Final

JSONATA: Final = "JSONata"
JSONPATH: Final = "JSONPath"

Fields = Mapping[str, frozenset[str]]
"""Query language → fields."""

MACHINE: Final = frozenset({"Comment", "QueryLanguage", "StartAt", "States", "TimeoutSeconds", "Version"})
BRANCH: Final = frozenset({"Comment", "QueryLanguage", "StartAt", "States"})
ITEM_PROCESSOR: Final = BRANCH | {"ProcessorConfig"}
PROCESSOR_CONFIG: Final = frozenset({"ExecutionType", "Mode"})
RETRIER: Final = frozenset(
    {"BackoffRate", "Comment", "ErrorEquals", "IntervalSeconds", "JitterStrategy", "MaxAttempts", "MaxDelaySeconds"}
)


def _fields(both: str, jsonata: str, jsonpath: str) -> Fields:
    shared = frozenset(both.split())
    return {JSONATA: shared | set(jsonata.split()), JSONPATH: shared | set(jsonpath.split())}


_ANY: Final = "Comment QueryLanguage Type"
_FLOW: Final = f"{_ANY} Assign End Next"
_WORK: Final = f"{_FLOW} Catch Retry"
_PATHS: Final = "InputPath OutputPath"
_RESULT: Final = f"{_PATHS} Parameters ResultPath ResultSelector"
_MAP_LIMITS: Final = "MaxConcurrency ToleratedFailureCount ToleratedFailurePercentage"

CATCHER: Final = _fields("Assign Comment ErrorEquals Next", "Output", "ResultPath")

STATES: Final[Mapping[str, Fields]] = {
    "Choice": _fields(f"{_ANY} Assign Choices Default", "Output", _PATHS),
    "Fail": _fields(f"{_ANY} Cause Error", "", "CausePath ErrorPath"),
    "Map": _fields(
        f"{_WORK} ItemProcessor ItemSelector Iterator {_MAP_LIMITS}",
        "Items Output",
        f"{_RESULT} ItemsPath MaxConcurrencyPath ToleratedFailureCountPath ToleratedFailurePercentagePath",
    ),
    "Parallel": _fields(f"{_WORK} Branches", "Arguments Output", _RESULT),
    "Pass": _fields(_FLOW, "Output", f"{_PATHS} Parameters Result ResultPath"),
    "Succeed": _fields(f"{_ANY}", "Output", _PATHS),
    "Task": _fields(
        f"{_WORK} HeartbeatSeconds Resource TimeoutSeconds",
        "Arguments Output",
        f"{_RESULT} HeartbeatSecondsPath TimeoutSecondsPath",
    ),
    "Wait": _fields(f"{_FLOW} Seconds Timestamp", "Output", f"{_PATHS} SecondsPath TimestampPath"),
}

CHOICE_RULE: Final = _fields("Assign Comment Next", "Condition Output", "")
COMPARISON: Final = frozenset({"Comment", "Variable"})
