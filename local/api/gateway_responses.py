"""What API Gateway itself answers when a request does not reach its integration, or comes back broken.

https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.api.velocity import render

EXTENSION = "x-amazon-apigateway-gateway-responses"
_MESSAGE = '{"message":$context.error.messageString}'


class RefusedError(Exception):
    """A request that ends in a gateway response: its type and the message AWS gives it."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.type = kind
        self.message = message


_STATUSES = {
    "ACCESS_DENIED": 403,
    "API_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_FAILURE": 500,
    "BAD_REQUEST_BODY": 400,
    "INTEGRATION_FAILURE": 504,
    "INTEGRATION_TIMEOUT": 504,
    "MISSING_AUTHENTICATION_TOKEN": 403,
    "REQUEST_TOO_LARGE": 413,
    "RESOURCE_NOT_FOUND": 404,
    "THROTTLED": 429,
    "UNAUTHORIZED": 401,
    "UNSUPPORTED_MEDIA_TYPE": 415,
}


@dataclass(frozen=True)
class Rendered:
    """A gateway response ready to send."""

    status: int
    body: str
    headers: Mapping[str, str]


class GatewayResponses:
    """The deployed gateway responses over API Gateway's own. `given` is SAM's GatewayResponses property."""

    def __init__(self, document: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        self._given = {kind: _from_document(response) for kind, response in document.get(EXTENSION, {}).items()}
        self._given |= {kind: _from_sam(response) for kind, response in given.items()}

    def render(self, refusal: RefusedError, variables: Mapping[str, Any]) -> Rendered:
        """The response to a refusal, `$context.error` set."""
        family = "DEFAULT_5XX" if _STATUSES[refusal.type] >= 500 else "DEFAULT_4XX"  # noqa: PLR2004  # HTTP's families
        given = self._given.get(refusal.type) or self._given.get(family) or {}
        quoted = '"' + refusal.message.replace("\\", "\\\\").replace('"', '\\"') + '"'
        error = {"message": refusal.message, "messageString": quoted, "responseType": refusal.type}
        context = {**variables["context"], "error": error}
        body = render(given.get("template", _MESSAGE), {**variables, "context": context})
        status = int(given.get("status") or _STATUSES[refusal.type])
        return Rendered(status, body, given.get("headers", {}))


def _from_document(response: Mapping[str, Any]) -> dict[str, Any]:
    parameters = response.get("responseParameters", {})
    headers = {name.removeprefix("gatewayresponse.header."): value for name, value in parameters.items()}
    return _response(response.get("statusCode"), response.get("responseTemplates", {}), headers)


def _from_sam(response: Mapping[str, Any]) -> dict[str, Any]:
    headers = response.get("ResponseParameters", {}).get("Headers", {})
    return _response(response.get("StatusCode"), response.get("ResponseTemplates", {}), headers)


def _response(status: Any, templates: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"status": status, "headers": {name: literal(value) for name, value in headers.items()}}
    if "application/json" in templates:
        found["template"] = templates["application/json"]
    return found


def literal(value: str) -> str:
    """A response parameter that is a literal: API Gateway wants it in single quotes."""
    return str(value).strip("'")
