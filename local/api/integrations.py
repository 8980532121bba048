"""A method's integration: how it reaches its backend, and what the backend's answer becomes.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.api.errors import ApiError
from local.api.fields import literals, only, only_json
from local.api.velocity import check

_SHORTEST_MS, _LONGEST_MS = 50, 29_000
_PASSTHROUGH = ("when_no_match", "when_no_templates", "never")
_FIELDS = frozenset(
    {
        "type",
        "httpMethod",
        "uri",
        "credentials",
        "passthroughBehavior",
        "timeoutInMillis",
        "requestTemplates",
        "responses",
    }
)
_RESPONSE_FIELDS = frozenset({"statusCode", "responseTemplates", "responseParameters"})


@dataclass(frozen=True)
class IntegrationResponse:
    """What answers when the backend's status matches: status, template, headers by name."""

    status: int
    template: str | None
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Integration:
    """How a method reaches its backend. `responses` are tried in order of patterns, `default` last."""

    type: str
    uri: str
    request_templates: Mapping[str, str]
    passthrough: str
    timeout_ms: int
    responses: Mapping[str, IntegrationResponse]

    @property
    def action(self) -> str:
        """`states:action/StartSyncExecution` of its URI."""
        return self.uri.split(":", 4)[-1] if self.uri.startswith("arn:") else self.uri

    def response(self, status: int) -> IntegrationResponse:
        """The response whose pattern matches the backend's whole status; raises ApiError when none does."""
        for pattern, response in self.responses.items():
            if pattern != "default" and re.fullmatch(pattern, str(status)):
                return response
        if "default" not in self.responses:
            raise ApiError(f"no integration response for backend status {status}")
        return self.responses["default"]


def integration(where: str, given: Mapping[str, Any]) -> Integration:
    """The integration of a method; raises ApiError for what is not implemented."""
    only(f"{where}, integration", given, _FIELDS)
    kind = str(given.get("type", "")).lower()
    if kind not in ("aws", "mock"):
        raise ApiError(f"{where}: integrations of type {kind!r} are not implemented here")
    passthrough = str(given.get("passthroughBehavior", "when_no_match")).lower()
    if passthrough not in _PASSTHROUGH:
        raise ApiError(f"{where}: passthroughBehavior {passthrough!r} is none of {', '.join(_PASSTHROUGH)}")
    timeout_ms = int(given.get("timeoutInMillis", _LONGEST_MS))
    if not _SHORTEST_MS <= timeout_ms <= _LONGEST_MS:
        raise ApiError(f"{where}: timeoutInMillis {timeout_ms} is not between {_SHORTEST_MS} and {_LONGEST_MS}")
    templates, responses = given.get("requestTemplates", {}), given.get("responses", {})
    for content_type, template in templates.items():
        check(f"{where}, request template {content_type}", template)
    return Integration(
        type=kind,
        uri=str(given.get("uri", "")),
        request_templates=templates,
        passthrough=passthrough,
        timeout_ms=timeout_ms,
        responses={
            str(pattern): _response(f"{where}, response {pattern}", responses[pattern]) for pattern in responses
        },
    )


def _response(where: str, given: Mapping[str, Any]) -> IntegrationResponse:
    only(where, given, _RESPONSE_FIELDS)
    template = only_json(where, given.get("responseTemplates", {}))
    check(f"{where}, template", template or "")
    return IntegrationResponse(
        status=int(given.get("statusCode", 200)),
        template=template,
        headers=literals(where, given.get("responseParameters", {}), "method.response.header."),
    )
