"""A request's expressions with the names and values they refer to."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import pairwise
from typing import Any

from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

from local.standins.dynamodb import nodes
from local.standins.dynamodb.errors import ValidationException
from local.standins.dynamodb.values import Item, Value, canonical

NAMES, VALUES = "ExpressionAttributeNames", "ExpressionAttributeValues"
FIELDS = (
    "ConditionExpression",
    "FilterExpression",
    "KeyConditionExpression",
    "ProjectionExpression",
    "UpdateExpression",
)
_REFERENCE = re.compile(r"[#:][A-Za-z0-9_]+")

Steps = tuple[str | int, ...]


class Scope:
    """The names and values of one request: every one is defined, and every one is used."""

    __slots__ = ("_names", "_values")

    def __init__(self, request: Mapping[str, Any]) -> None:
        self._names: Mapping[str, str] = request.get(NAMES, {})
        self._values = {name: canonical(value) for name, value in request.get(VALUES, {}).items()}
        texts = [request[field] for field in FIELDS if request.get(field) is not None]
        if not texts and (NAMES in request or VALUES in request):
            field = NAMES if NAMES in request else VALUES
            raise ValidationException(f"{field} can only be specified when using expressions")
        used = {reference for text in texts for reference in _REFERENCE.findall(text)}
        _check_used(NAMES, self._names, used)
        _check_used(VALUES, self._values, used)

    def value(self, placeholder: nodes.Placeholder, kind: str) -> Value:
        """The value of a placeholder; raises ValidationException where there is none."""
        if placeholder.name not in self._values:
            undefined = "An expression attribute value used in expression is not defined; attribute value"
            raise ValidationException(f"Invalid {kind}: {undefined}: {placeholder.name}")
        return self._values[placeholder.name]

    def steps(self, path: nodes.Path, kind: str) -> Steps:
        """A path with its aliases resolved; raises ValidationException for a reserved word and an unknown alias."""
        return tuple(self._step(part, kind) for part in path.parts)

    def _step(self, part: str | int, kind: str) -> str | int:
        if isinstance(part, int):
            return part
        if part.startswith("#"):
            if part not in self._names:
                undefined = "An expression attribute name used in the document path is not defined; attribute name"
                raise ValidationException(f"Invalid {kind}: {undefined}: {part}")
            return self._names[part]
        if part.upper() in _reserved():
            reserved = "Attribute name is a reserved keyword; reserved keyword"
            raise ValidationException(f"Invalid {kind}: {reserved}: {part}")
        return part


def found(item: Item, steps: Steps) -> Value | None:
    """What stands at a path, if anything does."""
    value: Value | None = item.get(str(steps[0]))
    for step in steps[1:]:
        if value is None:
            return None
        if isinstance(step, int):
            elements = value.get("L", ())
            value = elements[step] if step < len(elements) else None
        else:
            value = value.get("M", {}).get(step)
    return value


def overlapping(paths: Iterable[Steps]) -> tuple[Steps, Steps] | None:
    """Two paths of which one holds the other, if there are such."""
    ordered = sorted(paths, key=lambda steps: [str(step) for step in steps])
    for shorter, longer in pairwise(ordered):
        if longer[: len(shorter)] == shorter:
            return shorter, longer
    return None


@cache
def _reserved() -> frozenset[str]:
    return frozenset(ReservedKeywords.get_reserved_keywords())


def _check_used(field: str, defined: Iterable[str], used: set[str]) -> None:
    unused = [name for name in defined if name not in used]
    if unused:
        raise ValidationException(f"Value provided in {field} unused in expressions: keys: {{{', '.join(unused)}}}")
