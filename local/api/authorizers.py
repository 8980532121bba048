"""The authorizers of a document.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.api.errors import ApiError
from local.api.fields import AUTHORIZER, EXTENSION, only

_FUNCTION = re.compile(r"/functions/(.+)/invocations$")
_SOURCE = re.compile(r"(method\.request\.header|method\.request\.querystring|stageVariables|context)\.([\w.-]+)")
_DEFAULT_TTL_S, _LONGEST_TTL_S = 300, 3600
_FIELDS = frozenset(
    {"type", "authorizerUri", "authorizerCredentials", "identitySource", "authorizerResultTtlInSeconds"}
)
_SCHEME_FIELDS = frozenset({"type", "name", "in", "description", f"{EXTENSION}authtype", AUTHORIZER})


@dataclass(frozen=True)
class Authorizer:
    """A REQUEST authorizer. Without every one of its sources (place, name) it is not even called.

    Its answer holds for `ttl_s` seconds for requests of the same sources.
    """

    name: str
    function_arn: str
    sources: tuple[tuple[str, str], ...]
    ttl_s: int


def authorizers(document: Mapping[str, Any]) -> dict[str, Authorizer]:
    """By security scheme; raises ApiError for what is not implemented."""
    schemes = document.get("components", {}).get("securitySchemes", {})
    return {name: _authorizer(name, scheme) for name, scheme in schemes.items()}


def required(where: str, security: Any, known: Mapping[str, Authorizer]) -> Authorizer | None:
    """The one authorizer that a method asks for."""
    names = [name for requirement in security for name in requirement]
    if len(names) > 1 or any(name not in known for name in names):
        raise ApiError(f"{where}: security needs one authorizer of components.securitySchemes, not {', '.join(names)}")
    return known[names[0]] if names else None


def _authorizer(name: str, scheme: Mapping[str, Any]) -> Authorizer:
    where = f"security scheme {name}"
    only(where, scheme, _SCHEME_FIELDS)
    given = scheme.get(AUTHORIZER, {})
    only(where, given, _FIELDS)
    function = _FUNCTION.search(str(given.get("authorizerUri", "")))
    if given.get("type") != "request" or function is None:
        raise ApiError(f"{where}: only REQUEST authorizers that are functions are implemented here")
    sources = tuple(_source(where, text.strip()) for text in str(given.get("identitySource", "")).split(",") if text)
    ttl_s = int(given.get("authorizerResultTtlInSeconds", _DEFAULT_TTL_S))
    if not 0 <= ttl_s <= _LONGEST_TTL_S or (ttl_s and not sources):
        raise ApiError(f"{where}: a TTL is 0 to {_LONGEST_TTL_S} s, and one above 0 needs an identitySource")
    return Authorizer(name, function[1], sources, ttl_s)


def _source(where: str, text: str) -> tuple[str, str]:
    match = _SOURCE.fullmatch(text)
    if match is None:
        raise ApiError(f"{where}: identity source {text!r} is not implemented here")
    return match[1], match[2]
