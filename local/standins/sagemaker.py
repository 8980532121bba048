"""SageMaker Runtime's InvokeEndpoint, in front of the real serving containers.

A container's own 4xx or 5xx becomes ModelError (424) carrying its status and body, as SageMaker words it.
"""

import json
from collections.abc import AsyncIterator, Mapping

import aiohttp
from aiohttp import web

from local.standins.faults import Fault, FaultBoard
from local.standins.hosting import CUSTOM_ATTRIBUTES, TARGET_MODEL, Hosting, RefusedError, invalid
from local.standins.payloads import bent
from local.standins.shapes import SAGEMAKER, Failure, rest_json
from local.standins.transport import failed, misbehave, new_app

INVOCATION_LIMIT_S = 60
_FORWARDED = ("Content-Type", "Accept", CUSTOM_ATTRIBUTES, TARGET_MODEL, "X-Amzn-SageMaker-Inference-Id")
_CLIENT_ERROR = 400
_SERVER_ERROR = 500


def sagemaker_app(endpoints: Mapping[str, Hosting], board: FaultBoard) -> web.Application:
    """The service, for these endpoints by name; a fault's target is the model that an invocation is for."""
    service = _SageMaker(endpoints, board)
    app = new_app()
    app.cleanup_ctx.append(service.session)
    app.router.add_post("/endpoints/{name}/invocations", service.invoke)
    return app


class _SageMaker:
    def __init__(self, endpoints: Mapping[str, Hosting], board: FaultBoard) -> None:
        self._endpoints = endpoints
        self._board = board
        self._client: aiohttp.ClientSession

    async def session(self, _: web.Application) -> AsyncIterator[None]:
        limit = aiohttp.ClientTimeout(total=INVOCATION_LIMIT_S)
        async with aiohttp.ClientSession(timeout=limit) as self._client:
            yield

    async def invoke(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        endpoint = self._endpoints.get(name)
        if endpoint is None:
            return failed(invalid(f"Endpoint {name} of account 000000000000 not found."))
        body = await request.read()
        try:
            fault = self._board.take(endpoint.model(request.headers), body.decode(errors="replace"))
            shown = await misbehave(request, fault, SAGEMAKER)
            return shown or await self._forward(endpoint, request, body, fault)
        except RefusedError as error:
            return failed(error.failure)

    async def _forward(self, endpoint: Hosting, request: web.Request, body: bytes, fault: Fault | None) -> web.Response:
        headers = {name: request.headers[name] for name in _FORWARDED if name in request.headers}
        try:
            path = await endpoint.path(request.headers, self._client)
            async with self._client.post(f"{endpoint.url}{path}", data=body, headers=headers) as answer:
                return _answer(answer.status, bent(await answer.read(), fault), answer.headers)
        except (aiohttp.ClientError, TimeoutError) as error:
            return failed(_model_error(0, f"Your invocation timed out or found no container: {error}"))


def _answer(status: int, body: bytes, headers: Mapping[str, str]) -> web.Response:
    if status >= _CLIENT_ERROR:
        return failed(_model_error(status, body.decode(errors="replace")))
    passed_on = {"x-Amzn-Invoked-Production-Variant": "AllTraffic"}
    passed_on |= {name: headers[name] for name in ("Content-Type", CUSTOM_ATTRIBUTES) if name in headers}
    return web.Response(body=body, headers=passed_on)


def _model_error(status: int, message: str) -> Failure:
    side = "client" if _CLIENT_ERROR <= status < _SERVER_ERROR else "server"
    return rest_json(
        424,
        "ModelError",
        f"Received {side} error ({status}) from primary with message {json.dumps(message)}.",
        key="Message",
        OriginalStatusCode=status,
        OriginalMessage=message,
        LogStreamArn="",
    )
