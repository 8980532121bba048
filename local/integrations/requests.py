"""From the arguments of a Task to the arguments of boto3.

A text goes where the service wants a blob, as UTF-8; an object or a list where it wants a text, as JSON; a time is
ISO 8601. `...` is a value that is not known yet, when a definition is loaded: only names are looked at then.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final

from botocore.model import Shape, StructureShape

from local.integrations.names import Naming
from local.stepfunctions import JSON
from local.stepfunctions.json_types import compact
from local.stepfunctions.whole_numbers import is_whole

MISFIT: Final = object()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an argument, in AWS's words; `path` is such as "Item/id/N"."""

    path: str
    text: str


@dataclass(slots=True)
class Request:
    """Converts arguments, and gathers what is wrong with them."""

    naming: Naming
    problems: list[Problem] = field(default_factory=list)

    def convert(self, value: JSON, shape: Shape, path: str = "") -> Any:
        """A value as boto3 wants it for a shape."""
        if value is ... or getattr(shape, "is_document_type", False):
            return value
        convert, wanted = _CONVERSIONS[shape.type_name]
        converted = convert(self, value, shape, path)
        if converted is MISFIT:
            name = path.rpartition("/")[2]
            self.problems.append(Problem(path, f"The value for the field '{name}' must be {wanted}"))
        return converted

    def structure(self, value: JSON, shape: StructureShape, path: str) -> Any:
        """An object whose members the service knows, the required ones among them."""
        if not isinstance(value, dict):
            return MISFIT
        members = _members(shape, self.naming)
        for name in sorted(value.keys() - members.keys()):
            self.problems.append(Problem(_below(path, name), f"The field '{name}' is not supported by Step Functions"))
        for name in self._missing(value, shape):
            self.problems.append(Problem(_below(path, name), f"The field '{name}' is required but was missing"))
        return {
            members[name]: self.convert(item, shape.members[members[name]], _below(path, name))
            for name, item in value.items()
            if name in members
        }

    def sequence(self, value: JSON, shape: Any, path: str) -> Any:
        """A list, item by item."""
        if not isinstance(value, list):
            return MISFIT
        return [self.convert(item, shape.member, f"{path}[{index}]") for index, item in enumerate(value)]

    def mapping(self, value: JSON, shape: Any, path: str) -> Any:
        """An object with any keys."""
        if not isinstance(value, dict):
            return MISFIT
        return {key: self.convert(item, shape.value, _below(path, key)) for key, item in value.items()}

    def _missing(self, value: Mapping[str, JSON], shape: StructureShape) -> Iterator[str]:
        for member in shape.required_members:
            if self.naming(member) not in value and not shape.members[member].metadata.get("idempotencyToken"):
                yield self.naming(member)


@cache
def _members(shape: StructureShape, naming: Naming) -> Mapping[str, str]:
    return {naming(member): member for member in shape.members}


def _below(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name


def _text(request: Request, value: JSON, shape: Shape, path: str) -> Any:
    if isinstance(value, dict | list):
        return ... if _is_open(value) else compact(value)
    return value if isinstance(value, str) else MISFIT


def _blob(request: Request, value: JSON, shape: Shape, path: str) -> Any:
    text = _text(request, value, shape, path)
    return text.encode() if isinstance(text, str) else text


def _is_open(value: JSON) -> bool:
    """Whether a part of a value is not known yet."""
    if isinstance(value, dict | list):
        return any(map(_is_open, value.values() if isinstance(value, dict) else value))
    return value is ...


def _boolean(request: Request, value: JSON, shape: Shape, path: str) -> Any:
    return value if isinstance(value, bool) else MISFIT


def _number(request: Request, value: JSON, shape: Shape, path: str) -> Any:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else MISFIT


def _whole(request: Request, value: JSON, shape: Shape, path: str) -> Any:
    return int(value) if is_whole(value) else MISFIT


def _time(request: Request, value: JSON, shape: Shape, path: str) -> Any:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return MISFIT
    return moment if moment.tzinfo is not None else MISFIT


_CONVERSIONS: Final[Mapping[str, tuple[Callable[[Request, JSON, Any, str], Any], str]]] = {
    "structure": (Request.structure, "an OBJECT"),
    "list": (Request.sequence, "an ARRAY"),
    "map": (Request.mapping, "an OBJECT"),
    "string": (_text, "a STRING"),
    "character": (_text, "a STRING"),
    "blob": (_blob, "a STRING"),
    "boolean": (_boolean, "a BOOLEAN"),
    "integer": (_whole, "an INTEGER"),
    "long": (_whole, "an INTEGER"),
    "bigdecimal": (_number, "a NUMBER"),
    "double": (_number, "a NUMBER"),
    "float": (_number, "a NUMBER"),
    "timestamp": (_time, "an ISO 8601 time with a zone"),
}
"""Type of a shape → how a value of it is converted, and what is expected."""
