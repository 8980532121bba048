"""A request as botocore's service model describes it: read, and refused as the service refuses it.

https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from botocore.model import ServiceModel, Shape
from botocore.session import Session

from local.stepfunctions_api.errors import ServiceError

_TYPES: Final[Mapping[str, tuple[type, ...]]] = {"string": (str,), "integer": (int,), "boolean": (bool,)}
_PATTERNS: Final[Mapping[str, str]] = {r"\p{ASCII}*": r"[\x00-\x7f]*"}


class Requests:
    """The requests of Step Functions' API, as its service model describes them."""

    def __init__(self) -> None:
        self._model: ServiceModel = Session().get_service_model("stepfunctions")

    def read(self, action: str, body: str | bytes) -> dict[str, Any]:
        """The members of a request that the action has; raises ServiceError."""
        try:
            given = json.loads(body or "{}")
        except ValueError as error:
            raise ServiceError("SerializationException", f"the request is not JSON: {error}") from error
        if not isinstance(given, dict):
            raise ServiceError("SerializationException", "the request is not a JSON object")
        members: Mapping[str, Shape] = self._model.operation_model(action).input_shape.members
        required = self._model.operation_model(action).input_shape.required_members
        request = {name: given[name] for name in members if given.get(name) is not None}
        _check(members, required, request)
        return request

    def has(self, action: str) -> bool:
        """Whether AWS has an action of this name."""
        return action in self._model.operation_names


def _check(members: Mapping[str, Shape], required: list[str], request: Mapping[str, Any]) -> None:
    for name, value in request.items():
        if not isinstance(value, _TYPES[members[name].type_name]) or (
            isinstance(value, bool) and members[name].type_name != "boolean"
        ):
            raise ServiceError("SerializationException", f"'{name}' is not a {members[name].type_name}")
    problems = [
        f"Value null at '{name}' failed to satisfy constraint: Member must not be null"
        for name in required
        if name not in request
    ]
    for name, value in request.items():
        said = "Value" if members[name].metadata.get("sensitive") else f"Value '{value}'"
        problems += [
            f"{said} at '{name}' failed to satisfy constraint: {constraint}"
            for constraint in _broken(members[name], value)
        ]
    if problems:
        errors = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected: "
        raise ServiceError("ValidationException", errors + "; ".join(problems))


def _broken(shape: Shape, value: Any) -> Iterator[str]:
    """The constraints of a member that its value breaks, in the service's words."""
    limits, size, measure = shape.metadata, value, "value"
    if isinstance(value, str):
        size, measure = len(value), "length"
    if "max" in limits and size > limits["max"]:
        yield f"Member must have {measure} less than or equal to {limits['max']}"
    if "min" in limits and size < limits["min"]:
        yield f"Member must have {measure} greater than or equal to {limits['min']}"
    if limits.get("enum") and value not in limits["enum"]:
        yield f"Member must satisfy enum value set: [{', '.join(limits['enum'])}]"
    if "pattern" in limits and not _pattern(limits["pattern"])(value):
        yield f"Member must satisfy regular expression pattern: {limits['pattern']}"


@lru_cache
def _pattern(text: str) -> Callable[[str], object]:
    return re.compile(_PATTERNS.get(text, text), re.DOTALL).fullmatch
