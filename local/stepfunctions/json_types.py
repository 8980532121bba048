"""JSON values as Python holds them, and their size on the wire."""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from local.stepfunctions.errors import DATA_LIMIT_EXCEEDED, StateError, StatesRuntimeError

type_names: Final[Mapping[type, str]] = {
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    dict: "object",
    list: "array",
    type(None): "null",
}

JSON = Any
"""None, bool, int, float, str, a list of JSON or a dict from str to JSON. Never changed in place by the engine."""

MAX_PAYLOAD_BYTES: Final = 256 * 1024


def type_name(value: JSON) -> str:
    """The JSON type of a value: 'string', 'number', 'boolean', 'object', 'array' or 'null'."""
    return type_names.get(type(value), type(value).__name__)


def compact(value: JSON) -> str:
    """A value as compact JSON text."""
    return encode(value).decode()


def encode(value: JSON) -> bytes:
    """A value as JSON in UTF-8; raises States.Runtime for what is not JSON."""
    try:
        return orjson.dumps(value)
    except TypeError as error:
        raise StatesRuntimeError(f"The value is not JSON: {error}") from error


def check_size(value: JSON, resource: str) -> None:
    """Raise States.DataLimitExceeded where a value is longer than 256 KiB as UTF-8 JSON."""
    if len(encode(value)) > MAX_PAYLOAD_BYTES:
        raise StateError(
            DATA_LIMIT_EXCEEDED,
            f"The state/task '{resource}' returned a result with a size exceeding"
            " the maximum number of bytes service limit.",
        )
