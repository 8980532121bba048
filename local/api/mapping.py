"""Mapping templates of a request and of a backend's answer.

https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html
"""

import json

from local.api.errors import BodyNotJsonError, MappingTemplateError
from local.api.exchange import Exchange
from local.api.gateway_responses import Answer, RefusedError
from local.api.integrations import Integration, IntegrationResponse
from local.api.velocity import render

_JSON = "application/json"


def request_body(integration: Integration, exchange: Exchange) -> str:
    """The body for the backend; raises RefusedError for a body that no template takes, or that its template cannot."""
    call = exchange.call
    template = integration.request_templates.get(call.content_type)
    if template is None and integration.type == "mock":
        template = integration.request_templates.get(_JSON)
    if template is None:
        return _passed_through(integration, call.body)
    try:
        return render(template, exchange.template_variables(call.body))
    except BodyNotJsonError as error:
        raise RefusedError("BAD_REQUEST_BODY", f"Could not parse request body into json: {error}") from error


def _passed_through(integration: Integration, body: str) -> str:
    if integration.passthrough == "never" or (
        integration.passthrough == "when_no_templates" and integration.request_templates
    ):
        raise RefusedError("UNSUPPORTED_MEDIA_TYPE", "Unsupported Media Type")
    return body


def answer(response: IntegrationResponse, body: str, exchange: Exchange) -> Answer:
    """The backend's answer through its response template, and what that has overridden."""
    if response.template is not None:
        body = render(response.template, exchange.template_variables(body)).strip()
    override = exchange.override
    headers = {**response.headers, **{name: str(value) for name, value in override["header"].items()}}
    return Answer(int(override.get("status", response.status)), body, headers)


def mock_status(rendered: str) -> int:
    """The status that a mock integration's request template chooses."""
    try:
        return int(json.loads(rendered)["statusCode"])
    except (ValueError, KeyError, TypeError) as error:
        raise MappingTemplateError(f"a mock integration needs a statusCode: {rendered!r}") from error
