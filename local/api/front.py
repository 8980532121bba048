"""The HTTP front: routes, throttle, authorizer, validation, mapping templates, integration, gateway responses.

In the order of API Gateway's own execution log. AWS promises no order of throttle and authorizer.
"""

import asyncio
import json
import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from aiohttp import web

from local.api.authorization import Authorization, Functions
from local.api.document import Operation, match, resources
from local.api.errors import ApiError
from local.api.exchange import Exchange
from local.api.gateway_responses import Answer, GatewayResponses, RefusedError
from local.api.integrations import Integration
from local.api.mapping import answer, mock_status, request_body
from local.api.requests import Call, Multiple
from local.api.stage import Stage
from local.clock import Clock, SystemClock
from local.template import ApiSpec
from local.template.identities import Place

PAYLOAD_LIMIT_BYTES = 10 * 1024 * 1024
_LOG = logging.getLogger(__name__)
_STATES = "states:action/"
Backend = tuple[int, str]


class StepFunctions(Protocol):
    """Step Functions' API: status and body of an action for a request body."""

    @property
    def actions(self) -> Collection[str]: ...

    async def call(self, action: str, request: str | bytes) -> tuple[int, Mapping[str, Any]]: ...


class ApiFront:
    """A REST API of the template. Knows nothing of what it serves: statuses and bodies are the document's.

    Its access log goes into the folder `logs`; without one there is none. Its integrations' timeouts are longer by the
    factor `stretch`.
    """

    def __init__(
        self,
        spec: ApiSpec,
        place: Place,
        *,
        functions: Functions,
        step_functions: StepFunctions,
        clock: Clock | None = None,
        logs: Path | None = None,
        stretch: float = 1.0,
    ) -> None:
        self._id = spec.logical_id.lower()
        self._place = place
        self._stretch = stretch
        self._step_functions = step_functions
        self._clock = clock or SystemClock()
        self._stage = Stage(spec, self._clock, logs)
        self._resources = resources(spec.document)
        self._gateway = GatewayResponses(spec.document, spec.gateway_responses)
        self._authorization = Authorization(functions, self._clock)
        for resource in self._resources:
            for operation in resource.operations.values():
                self._check(operation)

    def serves(self, path: str) -> bool:
        """Whether there is a resource for this path."""
        return match(self._resources, path) is not None

    async def handle(self, request: web.Request) -> web.Response:
        """Answer a request to the API."""
        found = match(self._resources, request.path)
        resource, parameters = found if found else (None, {})
        operation = resource.operation(request.method) if resource else None
        call = self._call(request, operation.path if operation else request.path, parameters)
        exchange = Exchange(call, self._stage.variables)
        try:
            sent = await self._serve(operation, exchange, request)
        except RefusedError as refusal:
            exchange.error = refusal.variables()
            sent = self._gateway.answer(refusal, exchange.variables())
        return self._sent(sent, exchange)

    async def _serve(self, operation: Operation | None, exchange: Exchange, request: web.Request) -> Answer:
        exchange.call = replace(exchange.call, body=await _body(request))
        if operation is None:
            raise RefusedError("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token")
        if not self._stage.throttle.admits(operation.path, operation.method):
            raise RefusedError("THROTTLED", "Too Many Requests")
        if operation.authorizer:
            exchange.identity = await self._authorization.identity(operation.authorizer, exchange)
        operation.check.apply(exchange.call)
        try:
            status, body = await self._integrate(operation.integration, exchange)
            return answer(operation.integration.response(status), body, exchange)
        except ApiError as error:
            _LOG.warning("%s %s: %s", exchange.call.method, exchange.call.path, error)
            raise RefusedError("API_CONFIGURATION_ERROR", "Internal server error") from error

    async def _integrate(self, integration: Integration, exchange: Exchange) -> Backend:
        rendered = request_body(integration, exchange)
        if integration.type == "mock":
            return mock_status(rendered), ""
        started = self._clock.now()
        try:
            async with asyncio.timeout(integration.timeout_ms * self._stretch / 1000):
                status, body = await self._step_functions.call(integration.action.removeprefix(_STATES), rendered)
        except TimeoutError as error:
            raise RefusedError("INTEGRATION_TIMEOUT", "Endpoint request timed out") from error
        finally:
            exchange.integration["integrationLatency"] = round((self._clock.now() - started) * 1000)
        exchange.integration["integrationStatus"] = status
        return status, json.dumps(body, ensure_ascii=False)

    def _check(self, operation: Operation) -> None:
        integration = operation.integration
        known = {_STATES + action for action in self._step_functions.actions}
        if integration.type == "aws" and integration.action not in known:
            raise ApiError(f"{operation.method} {operation.path}: no integration with {integration.uri} here")

    def _call(self, request: web.Request, resource: str, parameters: Mapping[str, str]) -> Call:
        return Call(
            api_id=self._id,
            stage=self._stage.name,
            region=self._place.region,
            account=self._place.account,
            method=request.method,
            resource=resource,
            path=request.path,
            # The server's header names are a kind of str that templates' methods do not know.
            all_headers=_multiple((str(name), value) for name, value in request.headers.items()),
            all_query=_multiple(request.query.items()),
            path_parameters=parameters,
            source_ip=request.remote or "",
            received_ms=int(self._clock.now() * 1000),
        )

    def _sent(self, given: Answer, exchange: Exchange) -> web.Response:
        call, body = exchange.call, given.body.encode()
        headers = {"Content-Type": "application/json", "x-amzn-RequestId": call.request_id, **given.headers}
        latency_ms = round(self._clock.now() * 1000) - call.received_ms
        exchange.response.update(status=given.status, responseLength=len(body), responseLatency=latency_ms)
        if self._stage.access_log:
            self._stage.access_log.write(exchange.variables())
        return web.Response(status=given.status, body=body, headers=headers)


async def _body(request: web.Request) -> str:
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise RefusedError("REQUEST_TOO_LARGE", "Request Too Long") from error
    return body.decode(errors="replace")


def _multiple(pairs: Iterable[tuple[str, str]]) -> Multiple:
    """Every value by name; names that differ in case only are one, as it was written first."""
    names: dict[str, str] = {}
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(names.setdefault(name.lower(), name), []).append(value)
    return found
