"""The tests an event pattern can make of one value.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

import ipaddress
import itertools
import operator
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from local.events.errors import InvalidPatternError

Test = Callable[[Any], bool]
MISSING: Final = object()
"""The value of a field that the event does not have."""

_COMPARISONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = MappingProxyType(
    {"<": operator.lt, "<=": operator.le, "=": operator.eq, ">=": operator.ge, ">": operator.gt}
)


def compile_test(alternative: Any) -> Test:
    """One alternative of a field: a value to equal, or an operator with its argument; raises InvalidPatternError."""
    if isinstance(alternative, list):
        raise _refused("an array may hold values and operators, no arrays")
    if not isinstance(alternative, dict):
        return lambda value: _equal(value, alternative)
    if len(alternative) != 1:
        raise _refused("only one operator at a time")
    ((name, argument),) = alternative.items()
    if name not in _OPERATORS:
        raise _refused(f"unrecognized match type {name}")
    return _OPERATORS[name](argument)


def _equal(value: Any, wanted: Any) -> bool:
    """Equality of JSON: 1 is not true, and EventBridge does not take 300 for 300.0."""
    return type(value) is type(wanted) and bool(value == wanted)


def _exists(argument: Any) -> Test:
    if not isinstance(argument, bool):
        raise _refused("exists takes true or false")
    return lambda value: (value is not MISSING) == argument


def _folded(text: str) -> str:
    return text.lower()


def _kept(text: str) -> str:
    return text


def _ending(name: str, test: Callable[[str, str], bool]) -> Callable[[Any], Test]:
    """`prefix` and `suffix`, which can ignore case."""

    def build(argument: Any) -> Test:
        fold = _kept
        if isinstance(argument, dict) and list(argument) == ["equals-ignore-case"]:
            fold, argument = _folded, argument["equals-ignore-case"]
        wanted = fold(_text(name, argument))
        return lambda value: isinstance(value, str) and test(fold(value), wanted)

    return build


def _equals_ignore_case(argument: Any) -> Test:
    wanted = _folded(_text("equals-ignore-case", argument))
    return lambda value: isinstance(value, str) and _folded(value) == wanted


def _wildcard(argument: Any) -> Test:
    text = _text("wildcard", argument)
    parts = re.findall(r"\\[*\\]|\*|[^*\\]|\\", text)
    if ("*", "*") in itertools.pairwise(parts):
        raise _refused("consecutive wildcard characters")
    if "\\" in parts:
        raise _refused("an invalid escape character: only * and \\ can be escaped")
    found = re.compile("".join(".*" if part == "*" else re.escape(part[-1]) for part in parts), re.DOTALL)
    return lambda value: isinstance(value, str) and found.fullmatch(value) is not None


def _cidr(argument: Any) -> Test:
    try:
        network = ipaddress.ip_network(_text("cidr", argument), strict=False)
    except ValueError as error:
        raise _refused(f"malformed CIDR: {error}") from error

    def test(value: Any) -> bool:
        try:
            return isinstance(value, str) and ipaddress.ip_address(value) in network
        except ValueError:
            return False

    return test


def _numeric(argument: Any) -> Test:
    if not isinstance(argument, list) or not argument or len(argument) % 2:
        raise _refused("numeric takes pairs of a comparison and a number")
    pairs = list(zip(argument[::2], argument[1::2], strict=True))
    for comparison, number in pairs:
        if comparison not in _COMPARISONS or not _is_number(number):
            raise _refused(f"numeric: {comparison} {number}")
    return lambda value: _is_number(value) and all(_COMPARISONS[name](value, number) for name, number in pairs)


def _anything_but(argument: Any) -> Test:
    if isinstance(argument, dict):
        tests = _named_alternatives(argument)
    else:
        values = argument if isinstance(argument, list) else [argument]
        if not values or not all(isinstance(value, str) or _is_number(value) for value in values):
            raise _refused("anything-but takes texts and numbers")
        tests = [compile_test(value) for value in values]
    return lambda value: value is not MISSING and not any(test(value) for test in tests)


def _named_alternatives(argument: dict[str, Any]) -> list[Test]:
    if len(argument) != 1 or not argument.keys() <= {"prefix", "suffix", "equals-ignore-case", "wildcard"}:
        raise _refused("anything-but takes one of prefix, suffix, equals-ignore-case, wildcard")
    ((name, wanted),) = argument.items()
    return [compile_test({name: one}) for one in (wanted if isinstance(wanted, list) else [wanted])]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(name: str, argument: Any) -> str:
    if not isinstance(argument, str) or not argument:
        raise _refused(f"{name} takes a text")
    return argument


def _refused(reason: str) -> InvalidPatternError:
    return InvalidPatternError(f"Event pattern is not valid. Reason: {reason}")


_OPERATORS: Final[Mapping[str, Callable[[Any], Test]]] = MappingProxyType(
    {
        "exists": _exists,
        "prefix": _ending("prefix", str.startswith),
        "suffix": _ending("suffix", str.endswith),
        "equals-ignore-case": _equals_ignore_case,
        "wildcard": _wildcard,
        "cidr": _cidr,
        "numeric": _numeric,
        "anything-but": _anything_but,
    }
)
