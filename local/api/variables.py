"""The variables of a mapping template: $input and $util, and mappings as $context and $stageVariables are.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
"""

import base64
import json
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jsonpath

from local.api.errors import BodyNotJsonError, MappingTemplateError
from local.api.java import to_velocity

_JAVASCRIPT = {
    "'": "\\'",
    '"': '\\"',
    "\\": "\\\\",
    "/": "\\/",
    "\b": "\\b",
    "\n": "\\n",
    "\t": "\\t",
    "\f": "\\f",
    "\r": "\\r",
}


class Blanks(dict[str, Any]):
    """A mapping whose missing entries are empty strings, as API Gateway's own variables are."""

    def __missing__(self, key: str) -> str:
        return ""


@dataclass(frozen=True)
class Input:
    """$input: the body, and the request's parameters by place (path, querystring, header)."""

    body: str
    parameters: Mapping[str, Mapping[str, str]]

    def path(self, expression: str) -> Any:
        """The value a JSONPath finds, as a template sees it; an empty string when there is none."""
        return to_velocity(_find(self._parsed(), expression))

    def json(self, expression: str) -> str:
        """The value a JSONPath finds, as JSON text; empty when there is none."""
        found = _find(self._parsed(), expression)
        return "" if found == "" else json.dumps(found, ensure_ascii=False, separators=(",", ":"))

    def params(self, name: str | None = None) -> Any:
        """Every parameter by place, or one by name: path before query string before header (in any case)."""
        if name is None:
            return {place: dict(values) for place, values in self.parameters.items()}
        for place in ("path", "querystring"):
            if name in self.parameters[place]:
                return self.parameters[place][name]
        headers = {key.lower(): value for key, value in self.parameters["header"].items()}
        return headers.get(name.lower(), "")

    def _parsed(self) -> Any:
        try:
            return json.loads(self.body) if self.body else {}
        except ValueError as error:
            raise BodyNotJsonError(str(error)) from error


class Util:
    """$util."""

    def escapeJavaScript(self, text: Any) -> str:  # noqa: N802  # API Gateway's name
        """Escapes as Apache Commons does, non-ASCII characters as UTF-16 code units."""
        return "".join(_escape(character) for character in str(text))

    def parseJson(self, text: str) -> Any:  # noqa: N802  # API Gateway's name
        try:
            return to_velocity(json.loads(text))
        except ValueError as error:
            raise MappingTemplateError(f"$util.parseJson: {error}") from error

    def urlEncode(self, text: Any) -> str:  # noqa: N802  # API Gateway's name
        return urllib.parse.quote_plus(str(text))

    def urlDecode(self, text: str) -> str:  # noqa: N802  # API Gateway's name
        return urllib.parse.unquote_plus(text)

    def base64Encode(self, text: Any) -> str:  # noqa: N802  # API Gateway's name
        return base64.b64encode(str(text).encode()).decode()

    def base64Decode(self, text: str) -> str:  # noqa: N802  # API Gateway's name
        return base64.b64decode(text).decode()


def _escape(character: str) -> str:
    if character in _JAVASCRIPT:
        return _JAVASCRIPT[character]
    if " " <= character <= "~":
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02X}{units[i + 1]:02X}" for i in range(0, len(units), 2))


def _find(value: Any, expression: str) -> Any:
    """What a JSONPath finds: one value, or an empty string; of a path that may match several, a list."""
    try:
        path = _path(expression)
        found = path.findall(value)
    except jsonpath.JSONPathError as error:
        raise MappingTemplateError(f"JSONPath {expression!r}: {error}") from error
    if isinstance(path, jsonpath.JSONPath) and path.singular_query():
        return found[0] if found else ""
    return found


# A template may build its paths out of what a caller sends.
@lru_cache(maxsize=256)
def _path(expression: str) -> jsonpath.JSONPath | jsonpath.CompoundJSONPath:
    return jsonpath.compile(expression)
