"""From boto3's response to the result of a Task.

Times are ISO 8601 in UTC. A blob is its text where it is UTF-8, Base64 otherwise.
"""

import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from botocore.model import Shape

from local.integrations.names import Naming
from local.stepfunctions import JSON


def result(value: Any, shape: Shape | None, naming: Naming) -> JSON:
    """A response, or a part of one, as JSON; what the model does not know, such as ResponseMetadata, is left out."""
    if shape is None:
        return {}
    convert = _CONVERSIONS.get(shape.type_name)
    return value if convert is None or getattr(shape, "is_document_type", False) else convert(value, shape, naming)


def _structure(value: Any, shape: Any, naming: Naming) -> JSON:
    return {
        naming(name): result(value[name], member, naming)
        for name, member in shape.members.items()
        if value.get(name) is not None
    }


def _list(value: Any, shape: Any, naming: Naming) -> JSON:
    return [result(item, shape.member, naming) for item in value]


def _map(value: Any, shape: Any, naming: Naming) -> JSON:
    return {key: result(item, shape.value, naming) for key, item in value.items()}


def _time(value: datetime, shape: Any, naming: Naming) -> JSON:
    moment = value.astimezone(UTC)
    precision = "milliseconds" if moment.microsecond else "seconds"
    return moment.isoformat(timespec=precision).replace("+00:00", "Z")


def _blob(value: Any, shape: Any, naming: Naming) -> JSON:
    content: bytes = value.read() if hasattr(value, "read") else value
    try:
        return content.decode()
    except UnicodeDecodeError:
        return base64.b64encode(content).decode()


_CONVERSIONS: Final[Mapping[str, Callable[[Any, Any, Naming], JSON]]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "timestamp": _time,
    "blob": _blob,
}
"""Type of a shape → how a value of it is converted; the others are JSON already."""
