"""Plain JSONata paths such as `$states.input.a.b` and `$v[0].a`, walked in Python."""

import re
from collections.abc import Callable
from typing import Any, Final

from jsonata import UNDEFINED

from local.stepfunctions.environment import Environment

NAME: Final = r"[^\W\d]\w*"
STEP: Final = rf"\.(?!(?:true|false|null)\b){NAME}"
STATES: Final = "states"
_PATH: Final = re.compile(rf"\$({NAME})((?:{STEP}|\[\d+\])*)")
_STEP: Final = re.compile(rf"\.({NAME})|\[(\d+)\]")

Part = Callable[[Environment], Any]
"""A compiled part of an expression: its value, UNDEFINED, or NotImplemented where only the library can tell."""


def plain_path(source: str) -> Part | None:
    """A path as a part; None for any other expression."""
    found = _PATH.fullmatch(source)
    if found is None or source == f"${STATES}":
        return None
    root, steps = found[1], tuple(int(index) if index else name for name, index in _STEP.findall(found[2]))

    def walk(environment: Environment) -> Any:
        value: Any = environment.states if root == STATES else environment.variables.get(root, NotImplemented)
        for position, step in enumerate(steps, start=1):
            kind = type(value)
            if kind is dict and type(step) is str:
                if step not in value:
                    return NotImplemented if value is environment.states else UNDEFINED
                value = value[step]
            elif kind is list and type(step) is int and step < len(value):
                value = value[step]
            elif kind is list and type(step) is str and position == len(steps):
                return _of_each(value, step)
            else:
                return NotImplemented
        return value

    return walk


def _of_each(items: list[Any], name: str) -> Any:
    """A member of every item as a sequence, of which a single value stands for itself."""
    if any(type(item) is not dict for item in items):
        return NotImplemented
    found = [item[name] for item in items if name in item]
    if len(found) != 1:
        found = [inner for value in found for inner in (value if type(value) is list else [value])]
    return found[0] if len(found) == 1 else found or UNDEFINED
