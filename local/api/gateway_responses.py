"""What API Gateway itself answers when a request does not reach its integration, or comes back broken.

https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.api.errors import ApiError
from local.api.fields import GATEWAY_RESPONSES, literals, only, only_json
from local.api.substitution import check, substitute

_MESSAGE = '{"message":$context.error.messageString}'
_FAMILIES = ("DEFAULT_4XX", "DEFAULT_5XX")
_STATUSES = {
    "ACCESS_DENIED": 403,
    "API_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_FAILURE": 500,
    "BAD_REQUEST_BODY": 400,
    "BAD_REQUEST_PARAMETERS": 400,
    "EXPIRED_TOKEN": 403,
    "INTEGRATION_FAILURE": 504,
    "INTEGRATION_TIMEOUT": 504,
    "INVALID_API_KEY": 403,
    "INVALID_SIGNATURE": 403,
    "MISSING_AUTHENTICATION_TOKEN": 403,
    "QUOTA_EXCEEDED": 429,
    "REQUEST_TOO_LARGE": 413,
    "RESOURCE_NOT_FOUND": 404,
    "THROTTLED": 429,
    "UNAUTHORIZED": 401,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "WAF_FILTERED": 403,
}


class RefusedError(Exception):
    """A request that ends in a gateway response: its type, the message AWS gives it, and what validation found."""

    def __init__(self, kind: str, message: str, *, validation: str = "") -> None:
        super().__init__(message)
        self.type = kind
        self.message = message
        self.validation = validation

    def variables(self) -> dict[str, str]:
        """$context.error."""
        return {
            "message": self.message,
            "messageString": json.dumps(self.message, ensure_ascii=False),
            "responseType": self.type,
            "validationErrorString": self.validation,
        }


@dataclass(frozen=True)
class Answer:
    """What is sent: status, body and headers."""

    status: int
    body: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class _Response:
    """A gateway response as deployed; what is None is API Gateway's own."""

    status: int | None
    template: str | None
    headers: Mapping[str, str]


_OWN = _Response(None, None, {})


class GatewayResponses:
    """The deployed gateway responses over API Gateway's own. `given` is SAM's GatewayResponses property."""

    def __init__(self, document: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        self._given = {kind: _from_document(kind, response) for kind, response in _section(document).items()}
        self._given |= {kind: _from_sam(kind, response) for kind, response in given.items()}
        unknown = self._given.keys() - {*_STATUSES, *_FAMILIES}
        if unknown:
            raise ApiError(f"API Gateway has no gateway response {', '.join(sorted(unknown))}")

    def answer(self, refusal: RefusedError, variables: Mapping[str, Any]) -> Answer:
        """The answer to a refusal; `$context.error` is set."""
        family = _FAMILIES[_STATUSES[refusal.type] >= 500]  # noqa: PLR2004  # HTTP's families
        given = self._given.get(refusal.type) or self._given.get(family) or _OWN
        status = given.status or _STATUSES[refusal.type]
        return Answer(status, substitute(given.template or _MESSAGE, variables), given.headers)


def _section(document: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = document.get(GATEWAY_RESPONSES, {})
    return found


def _from_document(kind: str, given: Mapping[str, Any]) -> _Response:
    where = f"gateway response {kind}"
    only(where, given, {"statusCode", "responseParameters", "responseTemplates"})
    headers = literals(where, given.get("responseParameters", {}), "gatewayresponse.header.")
    return _response(where, given.get("statusCode"), given.get("responseTemplates", {}), headers)


def _from_sam(kind: str, given: Mapping[str, Any]) -> _Response:
    where = f"gateway response {kind}"
    only(where, given, {"StatusCode", "ResponseParameters", "ResponseTemplates"})
    parameters = given.get("ResponseParameters", {})
    only(where, parameters, {"Headers"})
    headers = literals(where, parameters.get("Headers", {}), "")
    return _response(where, given.get("StatusCode"), given.get("ResponseTemplates", {}), headers)


def _response(where: str, status: Any, templates: Mapping[str, str], headers: Mapping[str, str]) -> _Response:
    template = only_json(where, templates)
    check(where, template or "")
    return _Response(int(status) if status else None, template, headers)
