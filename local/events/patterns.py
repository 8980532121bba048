"""Event patterns: compiled once, matched against every event of a bus.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from local.events.errors import InvalidPatternError
from local.events.operators import MISSING, Test, compile_test

Match = Callable[[Any], bool]
_EITHER: Final = "$or"
_ALTERNATIVES_AT_LEAST: Final = 2


@dataclass(frozen=True)
class Pattern:
    """A compiled event pattern."""

    text: str
    _match: Match

    def matches(self, event: Mapping[str, Any]) -> bool:
        """Whether an event matches."""
        return self._match(event)


def compile_pattern(text: str) -> Pattern:
    """Compile a pattern from its JSON; raises InvalidPatternError naming what is wrong."""
    try:
        pattern = json.loads(text)
    except ValueError as error:
        raise InvalidPatternError(f"Event pattern is not valid. Reason: not JSON: {error}") from error
    if not isinstance(pattern, dict):
        raise InvalidPatternError("Event pattern is not valid. Reason: Filter is not an object")
    return Pattern(text, _fields(pattern))


def _fields(pattern: Mapping[str, Any]) -> Match:
    """Every field of the pattern must match."""
    if not pattern:
        raise InvalidPatternError("Event pattern is not valid. Reason: Empty objects are not allowed")
    parts = [_either(value) if name == _EITHER else _field(name, value) for name, value in pattern.items()]
    return lambda node: all(part(node) for part in parts)


def _either(alternatives: Any) -> Match:
    if not isinstance(alternatives, list) or len(alternatives) < _ALTERNATIVES_AT_LEAST:
        raise InvalidPatternError("Event pattern is not valid. Reason: $or needs an array of at least two objects")
    parts = [_fields(alternative) for alternative in alternatives if isinstance(alternative, dict)]
    if len(parts) != len(alternatives):
        raise InvalidPatternError("Event pattern is not valid. Reason: $or takes objects only")
    return lambda node: any(part(node) for part in parts)


def _field(name: str, value: Any) -> Match:
    if isinstance(value, dict):
        inner = _fields(value)
        # Fields of one array element are matched together: never one field of this and another of that element.
        return lambda node: any(inner(child) for child in _values(_child(node, name)))
    if not isinstance(value, list):
        raise InvalidPatternError(f'Event pattern is not valid. Reason: "{name}" must be an object or an array')
    if not value:
        raise InvalidPatternError("Event pattern is not valid. Reason: Empty arrays are not allowed")
    tests = [compile_test(alternative) for alternative in value]
    return lambda node: _leaf_matches(tests, _child(node, name))


def _leaf_matches(tests: list[Test], child: Any) -> bool:
    # A field that is no leaf does not exist for a test.
    leaves = [MISSING if isinstance(value, dict) else value for value in _values(child)]
    return any(test(leaf) for leaf in leaves for test in tests)


def _child(node: Any, name: str) -> Any:
    return node.get(name, MISSING) if isinstance(node, Mapping) else MISSING


def _values(child: Any) -> Iterator[Any]:
    """A value itself, or the elements of an array; nothing at all where that is empty."""
    if not isinstance(child, list):
        yield child
    elif not child:
        yield MISSING
    else:
        for element in child:
            yield from _values(element)
