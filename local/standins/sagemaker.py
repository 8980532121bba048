"""SageMaker Runtime's InvokeEndpoint, in front of the real serving containers.

A container's own 4xx or 5xx becomes ModelError (424) carrying its status and body, as SageMaker words it.
"""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import aiohttp
from aiohttp import web

from local.standins.faults import FaultBoard, Mode
from local.standins.shapes import SAGEMAKER, Failure, rest_json
from local.standins.transport import failed, misbehave, new_app

INVOCATION_LIMIT_S = 60
_FORWARDED = ("Content-Type", "Accept", "X-Amzn-SageMaker-Custom-Attributes", "X-Amzn-SageMaker-Inference-Id")
_CUSTOM_ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"
_CLIENT_ERROR = 400
_SERVER_ERROR = 500
_NAN = {
    "classifier": '{"predictions": [{"label": "general", "score": NaN, "scores": {}}]}',
    "reranker": '{"scores": [NaN]}',
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an endpoint's container listens, and the target of the fault board it is."""

    url: str
    target: str


def sagemaker_app(endpoints: Mapping[str, Endpoint], board: FaultBoard) -> web.Application:
    """The service, for these endpoints by name."""
    service = _SageMaker(endpoints, board)
    app = new_app()
    app.cleanup_ctx.append(service.session)
    app.router.add_post("/endpoints/{name}/invocations", service.invoke)
    return app


class _SageMaker:
    def __init__(self, endpoints: Mapping[str, Endpoint], board: FaultBoard) -> None:
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
            return failed(_invalid(f"Endpoint {name} of account 000000000000 not found."))
        body = await request.read()
        fault = self._board.take(endpoint.target, body.decode(errors="replace"))
        if fault and fault.mode is Mode.NAN:
            return web.Response(text=_NAN[fault.target], content_type="application/json")
        return await misbehave(fault, SAGEMAKER) or await self._forward(endpoint, request, body)

    async def _forward(self, endpoint: Endpoint, request: web.Request, body: bytes) -> web.Response:
        headers = {name: request.headers[name] for name in _FORWARDED if name in request.headers}
        try:
            async with self._client.post(f"{endpoint.url}/invocations", data=body, headers=headers) as answer:
                return _answer(answer.status, await answer.read(), answer.headers)
        except (aiohttp.ClientError, TimeoutError) as error:
            return failed(_model_error(0, f"Your invocation timed out or found no container: {error}"))


def _answer(status: int, body: bytes, headers: Mapping[str, str]) -> web.Response:
    if status >= _CLIENT_ERROR:
        return failed(_model_error(status, body.decode(errors="replace")))
    passed_on = {"x-Amzn-Invoked-Production-Variant": "AllTraffic"}
    passed_on |= {name: headers[name] for name in ("Content-Type", _CUSTOM_ATTRIBUTES) if name in headers}
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


def _invalid(message: str) -> Failure:
    return rest_json(400, "ValidationError", message, key="Message")
