"""The HTTP front: routes, authorizer, mapping templates, integration, gateway responses, in API Gateway's order."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from local.api.authorization import Functions, authorize
from local.api.document import Integration, IntegrationResponse, Operation, operations
from local.api.errors import ApiError, MappingTemplateError
from local.api.gateway_responses import GatewayResponses, RefusedError, Rendered, literal
from local.api.requests import Call
from local.api.start_sync_execution import StateMachines, start_sync_execution
from local.api.variables import Blanks, Input, Util
from local.api.velocity import render
from local.template import ApiSpec
from local.template.identities import Place

PAYLOAD_LIMIT_BYTES = 10 * 1024 * 1024
_LOG = logging.getLogger(__name__)
_HEADER = "method.response.header."
Backend = tuple[int, str]


class ApiFront:
    """A REST API of the template. Knows nothing of what it serves: statuses and bodies are the document's."""

    def __init__(self, spec: ApiSpec, place: Place, *, functions: Functions, machines: StateMachines) -> None:
        self._spec = spec
        self._place = place
        self._functions = functions
        self._machines = machines
        self._operations = operations(spec.document)
        self._gateway = GatewayResponses(spec.document, spec.gateway_responses)
        self._actions: Mapping[str, Callable[[str], Awaitable[Backend]]] = {
            "states:action/StartSyncExecution": self._start_sync_execution
        }
        for operation in self._operations:
            self._check(operation)

    def serves(self, path: str) -> bool:
        """Whether any operation has this path."""
        return any(operation.pattern.fullmatch(path) for operation in self._operations)

    async def handle(self, request: web.Request) -> web.Response:
        """Answer a request to the API."""
        call = self._call(request, None, {}, "")
        try:
            operation, parameters = self._operation(request)
            call = self._call(request, operation, parameters, await _body(request))
            return await self._serve(operation, call)
        except RefusedError as refusal:
            return _sent(self._gateway.render(refusal, _variables(call, {})), call)

    async def _serve(self, operation: Operation, call: Call) -> web.Response:
        authorizer = operation.authorizer
        identity = await authorize(authorizer, call, self._functions) if authorizer else {}
        variables = _variables(call, identity)
        try:
            status, body = await self._integrate(operation.integration, call, variables)
            return _respond(operation.integration.response(status), body, variables, call)
        except MappingTemplateError as error:
            _LOG.warning("%s %s: %s", call.method, call.path, error)
            raise RefusedError("API_CONFIGURATION_ERROR", "Internal server error") from error

    async def _integrate(self, integration: Integration, call: Call, variables: Mapping[str, Any]) -> Backend:
        rendered = _request_body(integration, call, variables)
        if integration.type == "mock":
            return int(json.loads(rendered)["statusCode"]), ""
        return await self._actions[_action(integration)](rendered)

    async def _start_sync_execution(self, body: str) -> Backend:
        status, answer = await start_sync_execution(body, self._machines)
        return status, json.dumps(answer, ensure_ascii=False)

    def _operation(self, request: web.Request) -> tuple[Operation, dict[str, str]]:
        for operation in self._operations:
            match = operation.pattern.fullmatch(request.path)
            if match and operation.method in (request.method, "*"):
                return operation, match.groupdict()
        raise RefusedError("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token")

    def _check(self, operation: Operation) -> None:
        integration = operation.integration
        if integration.type == "aws" and _action(integration) not in self._actions:
            raise ApiError(f"{operation.method} {operation.path}: no integration with {integration.uri} here")

    def _call(
        self, request: web.Request, operation: Operation | None, parameters: Mapping[str, str], body: str
    ) -> Call:
        return Call(
            api_id=self._spec.logical_id.lower(),
            stage=self._spec.stage,
            region=self._place.region,
            account=self._place.account,
            method=request.method,
            resource=operation.path if operation else request.path,
            path=request.path,
            # The server's header names are a kind of str that templates' methods do not know.
            headers={str(name): value for name, value in request.headers.items()},
            query=dict(request.query),
            path_parameters=parameters,
            body=body,
            source_ip=request.remote or "",
        )


async def _body(request: web.Request) -> str:
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise RefusedError("REQUEST_TOO_LARGE", "Request Too Long") from error
    return body.decode(errors="replace")


def _variables(call: Call, identity: Mapping[str, str]) -> dict[str, Any]:
    override: dict[str, Any] = {"header": {}}
    context = {**call.context(), "authorizer": Blanks(identity), "responseOverride": override}
    return {"input": Input(call.body, call.parameters()), "util": Util(), "context": Blanks(context)}


def _request_body(integration: Integration, call: Call, variables: Mapping[str, Any]) -> str:
    """The body for the backend; raises RefusedError when the content type has no template and must not pass through."""
    template = integration.request_templates.get(call.content_type)
    if template is not None:
        return render(template, variables)
    if integration.type == "mock" and "application/json" in integration.request_templates:
        return render(integration.request_templates["application/json"], variables)
    refused = integration.passthrough == "never" or (
        integration.passthrough == "when_no_templates" and integration.request_templates
    )
    if refused:
        raise RefusedError("UNSUPPORTED_MEDIA_TYPE", "Unsupported Media Type")
    return call.body


def _respond(response: IntegrationResponse, body: str, variables: dict[str, Any], call: Call) -> web.Response:
    """Render the response template on the backend's body, then apply what it overrode."""
    template = response.templates.get("application/json")
    if template is not None:
        body = render(template, {**variables, "input": Input(body, call.parameters())})
    override = variables["context"]["responseOverride"]
    headers = {
        name.removeprefix(_HEADER): literal(value)
        for name, value in response.parameters.items()
        if name.startswith(_HEADER)
    }
    headers |= {name: str(value) for name, value in override["header"].items()}
    return _sent(Rendered(int(override.get("status", response.status)), body.strip(), headers), call)


def _sent(rendered: Rendered, call: Call) -> web.Response:
    headers = {"Content-Type": "application/json", "x-amzn-RequestId": call.request_id, **rendered.headers}
    return web.Response(status=rendered.status, body=rendered.body.encode(), headers=headers)


def _action(integration: Integration) -> str:
    """`states:action/StartSyncExecution` of an integration's URI."""
    return integration.uri.split(":", 4)[-1] if integration.uri.startswith("arn:") else integration.uri
