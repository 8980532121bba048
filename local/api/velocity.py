"""Velocity as API Gateway has it, on airspeed.

airspeed reads string literals as Python does and knows few of Java's methods. API Gateway's templates count on
Velocity's own rules: a backslash in a literal is itself, a doubled quote is one quote, names may hold hyphens, a loop
over a map goes over its values. What airspeed would print as it stands is refused.

Unknown of API Gateway: whether an empty string counts as true in #if, which Velocity has changed; here it does not.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import airspeed

from local.api.errors import MappingTemplateError
from local.api.java import METHODS

_UNKNOWN = re.compile(r"#\[\[|#(?:break|stop|parse|include|evaluate|define)\b")
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


def check(where: str, template: str) -> None:
    """Raise MappingTemplateError for a template that cannot be evaluated here."""
    unknown = _UNKNOWN.search(template)
    if unknown:
        raise MappingTemplateError(f"{where}: {unknown[0]} is not implemented here")
    try:
        _compiled(template)
    except airspeed.TemplateSyntaxError as error:
        raise MappingTemplateError(f"{where}: {error}") from error


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
    airspeed.ForeachDirective.parse = _over_values(airspeed.ForeachDirective.parse)
    for kind, methods in METHODS.items():
        airspeed.__additional_methods__.setdefault(kind, {}).update(methods)


def _parse_literal(quote: str) -> Any:
    def parse(self: Any) -> None:
        (value,) = self.identity_match(self.STRING)
        self.value = value.replace(quote * 2, quote)

    return parse


def _parse_interpolated(self: Any) -> None:
    _parse_literal('"')(self)
    self.block = airspeed.Block(self.filename, self.value, 0)


class _Values:
    """The expression that a loop goes over: of a map, its values."""

    def __init__(self, expression: Any) -> None:
        self._expression = expression

    def calculate(self, namespace: Any, loader: Any) -> Any:
        found = self._expression.calculate(namespace, loader)
        return list(found.values()) if isinstance(found, dict) else found


def _over_values(parse: Any) -> Any:
    def parsed(self: Any) -> None:
        parse(self)
        self.value = _Values(self.value)

    return parsed
