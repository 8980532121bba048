"""An OpenAPI document with API Gateway's extensions, as operations."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.api.errors import ApiError

INTEGRATION = "x-amazon-apigateway-integration"
AUTHORIZER = "x-amazon-apigateway-authorizer"
ANY_METHOD = "x-amazon-apigateway-any-method"
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
_FUNCTION = re.compile(r"/functions/(.+)/invocations$")


@dataclass(frozen=True)
class IntegrationResponse:
    """What answers when the backend's status matches: status, template by content type, headers."""

    status: int
    templates: Mapping[str, str]
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class Integration:
    """How a method reaches its backend. `responses` are tried in order of patterns, `default` last."""

    type: str
    uri: str
    request_templates: Mapping[str, str]
    passthrough: str
    responses: Mapping[str, IntegrationResponse]

    def response(self, status: int) -> IntegrationResponse:
        """The response whose pattern matches the backend's whole status; raises ApiError when none does."""
        for pattern, response in self.responses.items():
            if pattern != "default" and re.fullmatch(pattern, str(status)):
                return response
        if "default" not in self.responses:
            raise ApiError(f"no integration response for backend status {status}")
        return self.responses["default"]


@dataclass(frozen=True)
class Authorizer:
    """A REQUEST authorizer: its function and the headers without which it is not even called."""

    name: str
    function_arn: str
    identity_headers: tuple[str, ...]


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    path: str
    method: str
    integration: Integration
    authorizer: Authorizer | None
    pattern: re.Pattern[str] = field(repr=False)


def operations(document: Mapping[str, Any]) -> list[Operation]:
    """Every operation; raises ApiError for what the local front does not implement."""
    return list(_operations(document))


def _operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    authorizers = _authorizers(document)
    for path, methods in document.get("paths", {}).items():
        for method, operation in methods.items():
            if method not in (*_METHODS, ANY_METHOD):
                continue
            where = f"{method.upper()} {path}"
            if INTEGRATION not in operation:
                raise ApiError(f"{where} has no {INTEGRATION}")
            security = operation.get("security", document.get("security", []))
            yield Operation(
                path=path,
                method="*" if method == ANY_METHOD else method.upper(),
                integration=_integration(where, operation[INTEGRATION]),
                authorizer=_required(where, security, authorizers),
                pattern=_pattern(path),
            )


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{([^}]+)\}", path)
    expression = "".join(
        f"(?P<{part.rstrip('+')}>{'.+' if part.endswith('+') else '[^/]+'})" if index % 2 else re.escape(part)
        for index, part in enumerate(parts)
    )
    return re.compile(expression)


def _integration(where: str, given: Mapping[str, Any]) -> Integration:
    kind = str(given.get("type", "")).lower()
    if kind not in ("aws", "mock"):
        raise ApiError(f"{where}: integrations of type {kind!r} are not implemented")
    responses = {str(pattern): _response(response) for pattern, response in given.get("responses", {}).items()}
    return Integration(
        type=kind,
        uri=str(given.get("uri", "")),
        request_templates=given.get("requestTemplates", {}),
        passthrough=str(given.get("passthroughBehavior", "when_no_match")).lower(),
        responses=responses,
    )


def _response(given: Mapping[str, Any]) -> IntegrationResponse:
    return IntegrationResponse(
        status=int(given.get("statusCode", 200)),
        templates=given.get("responseTemplates", {}),
        parameters=given.get("responseParameters", {}),
    )


def _authorizers(document: Mapping[str, Any]) -> dict[str, Authorizer]:
    schemes = {
        **document.get("securityDefinitions", {}),
        **document.get("components", {}).get("securitySchemes", {}),
    }
    return {name: _authorizer(name, scheme[AUTHORIZER]) for name, scheme in schemes.items() if AUTHORIZER in scheme}


def _authorizer(name: str, given: Mapping[str, Any]) -> Authorizer:
    function = _FUNCTION.search(str(given.get("authorizerUri", "")))
    if given.get("type") != "request" or function is None:
        raise ApiError(f"authorizer {name}: only REQUEST authorizers that are functions are implemented")
    sources = [source.strip() for source in str(given.get("identitySource", "")).split(",") if source.strip()]
    prefix = "method.request.header."
    if any(not source.startswith(prefix) for source in sources):
        raise ApiError(f"authorizer {name}: only headers are implemented as identity sources")
    return Authorizer(name, function[1], tuple(source.removeprefix(prefix) for source in sources))


def _required(where: str, security: Any, authorizers: Mapping[str, Authorizer]) -> Authorizer | None:
    names = [name for requirement in security for name in requirement]
    unknown = [name for name in names if name not in authorizers]
    if unknown:
        raise ApiError(f"{where}: security scheme {', '.join(unknown)} is not an authorizer")
    return authorizers[names[0]] if names else None
