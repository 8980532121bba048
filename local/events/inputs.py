"""What a target is sent: the event itself, a constant, a part of the event, or a template filled from it.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import jsonpath

from local.events.errors import DeliveryError

_PLACEHOLDER: Final = re.compile(r"<([\w.-]+)>")
_TOKEN: Final = re.compile(r'\\.|"|<[\w.-]+>', re.DOTALL)


@dataclass(frozen=True)
class Input:
    """At most one of the three is set; `paths` belong to the template."""

    constant: str | None = None
    path: str | None = None
    template: str | None = None
    paths: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, target: Mapping[str, Any]) -> "Input":
        """The Input, InputPath or InputTransformer of a target."""
        transformer = target.get("InputTransformer", {})
        return cls(
            constant=target.get("Input"),
            path=target.get("InputPath"),
            template=transformer.get("InputTemplate"),
            paths=transformer.get("InputPathsMap", {}),
        )

    def text(self, event: Mapping[str, Any], rule: Mapping[str, str]) -> str:
        """What the target is sent, as text; raises DeliveryError for a path that is none.

        `rule` holds the variables `aws.events.*` that speak of the rule.
        """
        if self.constant is not None:
            return self.constant
        if self.template is not None:
            found = {name: _found(path, event) for name, path in self.paths.items()}
            return _filled(self.template, {**found, **_predefined(event), **rule})
        return _json(event if self.path is None else _found(self.path, event))


def _predefined(event: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "aws.events.event": {name: value for name, value in event.items() if name != "detail"},
        "aws.events.event.json": event,
        "aws.events.event.ingestion-time": event["time"],
    }


def _found(path: str, event: Mapping[str, Any]) -> Any:
    try:
        matches = jsonpath.findall(path, event)
    except jsonpath.JSONPathError as error:
        raise DeliveryError("INVALID_JSONPATH", f"{path}: {error}", retryable=False) from error
    return matches[0] if matches else None


def _filled(template: str, values: Mapping[str, Any]) -> str:
    """The template with its variables: inside quotes a text stands bare, outside it is JSON."""
    quoted = False

    def replace(token: re.Match[str]) -> str:
        nonlocal quoted
        text = token[0]
        if text == '"':
            quoted = not quoted
        name = _PLACEHOLDER.fullmatch(text)
        if name is None:
            return text
        value = values.get(name[1])
        return _within_quotes(value) if quoted else _json("" if value is None else value)

    return _TOKEN.sub(replace, template)


def _within_quotes(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _json(value)[1:-1]
    return _json(value).replace('"', "")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
