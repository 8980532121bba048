"""The conditions of JSONPath Choice rules.

https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
"""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from local.stepfunctions import fields
from local.stepfunctions.environment import Environment
from local.stepfunctions.errors import StatesRuntimeError
from local.stepfunctions.json_types import JSON
from local.stepfunctions.jsonpath import MissingPathError, Path
from local.stepfunctions.source import Source

Condition = Callable[[Environment], bool]

_TIMESTAMP: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_ORDERS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "Equals": operator.eq,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
}


def moment(value: JSON) -> float | None:
    """ISO 8601 as the ASL profiles it (a `T`, and `Z` or an offset) as epoch seconds; None where it is not that."""
    if not isinstance(value, str) or not _TIMESTAMP.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value).timestamp()
    except ValueError:
        return None


def _text(value: JSON) -> str | None:
    return value if isinstance(value, str) else None


def _boolean(value: JSON) -> bool | None:
    return value if isinstance(value, bool) else None


def _number(value: JSON) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


_KINDS: Final[Mapping[str, Callable[[JSON], Any]]] = {
    "Boolean": _boolean,
    "Numeric": _number,
    "String": _text,
    "Timestamp": moment,
}
"""Family of operators → its reading of a value, None where the value is of another kind."""

_TYPE_TESTS: Final[Mapping[str, Callable[[JSON], bool]]] = {
    "IsBoolean": lambda value: _boolean(value) is not None,
    "IsNull": lambda value: value is None,
    "IsNumeric": lambda value: _number(value) is not None,
    "IsString": lambda value: _text(value) is not None,
    "IsTimestamp": lambda value: moment(value) is not None,
}


def _comparison(family: str, order: str) -> Callable[[JSON, JSON], bool]:
    """Compares two values; false where one is of another kind than the operator."""
    reading, holds = _KINDS[family], _ORDERS[order]

    def compare(value: JSON, other: JSON) -> bool:
        left, right = reading(value), reading(other)
        return left is not None and right is not None and holds(left, right)

    return compare


def _matches(value: JSON, pattern: JSON) -> bool:
    """Whether text has the form of a pattern in which `*` stands for anything and `\\*` for itself."""
    if not isinstance(value, str) or not isinstance(pattern, str):
        return False
    parts = re.split(r"(\\[\\*]|\*)", pattern)
    form = "".join(".*" if part == "*" else re.escape(re.sub(r"\\([\\*])", r"\1", part)) for part in parts)
    return re.fullmatch(form, value, re.DOTALL) is not None


_COMPARISONS: Final[Mapping[str, Callable[[JSON, JSON], bool]]] = {
    f"{family}{order}": _comparison(family, order)
    for family in _KINDS
    for order in _ORDERS
    if family != "Boolean" or order == "Equals"
} | {"StringMatches": _matches}

_TESTS: Final = frozenset({*_TYPE_TESTS, "IsPresent"})
_WITH_PATHS: Final = frozenset(f"{name}Path" for name in _COMPARISONS if name != "StringMatches")
_OPERATORS: Final = _TESTS | _COMPARISONS.keys() | _WITH_PATHS
_COMBINATIONS: Final[Mapping[str, Callable[[Any], bool]]] = {"And": all, "Or": any}
RULE_FIELDS: Final = fields.COMPARISON | _OPERATORS | _COMBINATIONS.keys() | {"Not"}


def condition(source: Source) -> Condition:
    """Compile the condition of a rule: And, Or, Not, or one operator on a Variable."""
    found = [name for name in source.named() if name in RULE_FIELDS - fields.COMPARISON]
    if len(found) != 1:
        raise source.refused("Variable", "expected exactly one operator")
    name = found[0]
    if name in _COMBINATIONS:
        inner = [condition(_inner(rule)) for rule in source.objects(name)]
        if not inner:
            raise source.refused(name, "expected at least one rule")
        combine = _COMBINATIONS[name]
        return lambda environment: combine(part(environment) for part in inner)
    if name == "Not":
        negated = condition(source.inner(name, RULE_FIELDS))
        return lambda environment: not negated(environment)
    variable = Path(source.text("Variable"), source.state, "Variable")
    return _test(source, name, variable) if name in _TESTS else _compare(source, name, variable)


def _inner(rule: Source) -> Source:
    rule.restrict(RULE_FIELDS)
    return rule


def _test(source: Source, name: str, variable: Path) -> Condition:
    wanted = source.value(name)
    if not isinstance(wanted, bool):
        raise source.refused(name, "expected true or false")
    if name == "IsPresent":
        return lambda environment: _is_present(variable, environment) is wanted
    holds = _TYPE_TESTS[name]
    return lambda environment: holds(_value(variable, environment)) is wanted


def _compare(source: Source, name: str, variable: Path) -> Condition:
    compare = _COMPARISONS[name.removesuffix("Path")]
    if name.endswith("Path"):
        other = Path(source.text(name), source.state, name)
        return lambda environment: compare(_value(variable, environment), _value(other, environment))
    constant = source.value(name)
    if name != "StringMatches" and not compare_kind(name, constant):
        raise source.refused(name, "expected a value of the operator's own kind")
    return lambda environment: compare(_value(variable, environment), constant)


def compare_kind(name: str, value: JSON) -> bool:
    """Whether a value is of the kind that an operator compares."""
    return next(reading for family, reading in _KINDS.items() if name.startswith(family))(value) is not None


def _is_present(variable: Path, environment: Environment) -> bool:
    try:
        variable.find(environment)
    except MissingPathError:
        return False
    return True


def _value(path: Path, environment: Environment) -> JSON:
    try:
        return path.find(environment)
    except MissingPathError as missing:
        raise StatesRuntimeError(
            f"Invalid path '{path.text}': The choice state's condition path references an invalid value."
        ) from missing
