"""Velocity as API Gateway has it, on airspeed.

airspeed reads string literals as Python does and knows few of Java's methods. API Gateway's templates count on
Velocity's own rules: a backslash in a literal is itself, a doubled quote is one quote, names may hold hyphens.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import airspeed

from local.api.errors import MappingTemplateError

_NAME = r"[a-z_][a-z0-9_-]*"


def render(template: str, variables: Mapping[str, Any]) -> str:
    """The rendered template; raises MappingTemplateError."""
    try:
        return str(_compiled(template).merge(dict(variables)))
    except Exception as error:
        raise _refusal(error) from error


def _refusal(error: BaseException) -> MappingTemplateError:
    """What one of the template's variables has refused, which airspeed wraps; else that it cannot be rendered."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, MappingTemplateError):
            return cause
        cause = cause.__cause__ or cause.__context__
    return MappingTemplateError(f"mapping template: {error}")


class Flag(int):
    """A boolean that prints as Java prints it."""

    def __new__(cls, value: object) -> "Flag":
        return super().__new__(cls, bool(value))

    def __str__(self) -> str:
        return "true" if self else "false"


def to_velocity(value: Any) -> Any:
    """JSON data as a template sees it."""
    if isinstance(value, bool):
        return Flag(value)
    if isinstance(value, dict):
        return {key: to_velocity(item) for key, item in value.items()}
    if isinstance(value, list):
        return [to_velocity(item) for item in value]
    return value


@cache
def _compiled(template: str) -> Any:
    _teach_airspeed()
    compiled = airspeed.Template(template)
    compiled.ensure_compiled()
    return compiled


@cache
def _teach_airspeed() -> None:
    airspeed.StringLiteral.STRING = re.compile(r"'((?:[^']|'')*)'", re.S)
    airspeed.InterpolatedStringLiteral.STRING = re.compile(r'"((?:[^"]|"")*)"', re.S)
    airspeed.StringLiteral.parse = _parse_literal("'")
    airspeed.InterpolatedStringLiteral.parse = _parse_interpolated
    airspeed.NameOrCall.NAME = re.compile(r"([_a-z](?:[a-z0-9_]|-(?=[a-z]))*)", re.S | re.I)
    airspeed.SetDirective.PLACE = re.compile(rf"\s*\$({_NAME}(?:\.{_NAME})*)", re.S | re.I)
    for kind, methods in _JAVA_METHODS.items():
        airspeed.__additional_methods__.setdefault(kind, {}).update(methods)


def _parse_literal(quote: str) -> Any:
    def parse(self: Any) -> None:
        (value,) = self.identity_match(self.STRING)
        self.value = value.replace(quote * 2, quote)

    return parse


def _parse_interpolated(self: Any) -> None:
    _parse_literal('"')(self)
    self.block = airspeed.Block(self.filename, self.value, 0)


def _replace_all(text: str, pattern: str, replacement: str) -> str:
    """Java's replaceAll: in the replacement `$1` is a group and a backslash quotes the next character."""
    parts = re.split(r"(\\.|\$\d)", replacement, flags=re.S)

    def expand(match: re.Match[str]) -> str:
        return "".join(_expanded(part, match) for part in parts)

    return re.sub(pattern, expand, text)


def _expanded(part: str, match: re.Match[str]) -> str:
    if part.startswith("\\"):
        return part[1:]
    return match[int(part[1:])] or "" if re.fullmatch(r"\$\d", part) else part


def _substring(text: str, start: int, end: int | None = None) -> str:
    return text[start:end]


_EVERYTHING: dict[str, Any] = {
    "equals": lambda this, other: this == other,
    "toString": str,
}
_JAVA_METHODS: dict[type, dict[str, Any]] = {
    str: {
        **_EVERYTHING,
        "replaceAll": _replace_all,
        "matches": lambda text, pattern: re.fullmatch(pattern, text) is not None,
        "isEmpty": lambda text: not text,
        "substring": _substring,
        "indexOf": lambda text, part: text.find(part),
        "toLowerCase": lambda text: text.lower(),
        "toUpperCase": lambda text: text.upper(),
        "trim": lambda text: text.strip(),
        "equalsIgnoreCase": lambda text, other: text.lower() == other.lower(),
        "endsWith": lambda text, part: text.endswith(part),
    },
    list: {**_EVERYTHING, "isEmpty": lambda items: not items},
    dict: {
        **_EVERYTHING,
        "size": len,
        "containsKey": lambda mapping, key: key in mapping,
        "entrySet": lambda mapping: [{"key": key, "value": value} for key, value in mapping.items()],
    },
    int: _EVERYTHING,
    float: _EVERYTHING,
    Flag: _EVERYTHING,
}
