"""What a chat turn's record says of the turn itself: nothing of it is there for an execution that is no turn."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.waterfall.bars import Json


@dataclass(frozen=True)
class Facts:
    """Text is empty where there is none. `deadline_ms` counts from the start of the execution."""

    message: str
    reply: str
    route: str
    intent: str
    degraded: tuple[str, ...]
    deadline_ms: float | None


def facts(record: Json) -> Facts:
    """Read from the request's body, the execution's output and the variable `turn`."""
    output = _object(record["output"])
    degraded = output.get("degraded")
    return Facts(
        message=_text(_body(record).get("message")),
        reply=_text(output.get("reply")),
        route=_text(output.get("route")),
        intent=_text(output.get("intent")),
        degraded=tuple(map(str, degraded)) if isinstance(degraded, list) else (),
        deadline_ms=_deadline_ms(record),
    )


def _body(record: Json) -> Mapping[str, Any]:
    body = _object(record["input"]).get("body")
    try:
        return _object(json.loads(body)) if isinstance(body, str) else {}
    except ValueError:
        return {}


def _deadline_ms(record: Json) -> float | None:
    for event in record["events"]:
        deadline = _object(_object(event.get("assigned")).get("turn")).get("deadline_ms")
        if isinstance(deadline, int | float):
            return float(deadline - record["started"])
    return None


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
