"""The Lambda Runtime API on loopback, one port a worker: the port tells who is calling.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from local.lambda_runtime.errors import RESPONSE_LIMIT_BYTES, FunctionFailedError, failure, response_too_large
from local.lambda_runtime.pool import Pool
from local.lambda_runtime.worker import Worker

LOOPBACK = "127.0.0.1"
_VERSION = "/2018-06-01/runtime"
_LARGEST_BODY = 64 * 1024 * 1024


@dataclass(frozen=True)
class _Seat:
    pool: Pool
    worker: Worker


class RuntimeApi:
    """Serves every worker of every pool."""

    def __init__(self) -> None:
        app = web.Application(client_max_size=_LARGEST_BODY)
        app.router.add_get(f"{_VERSION}/invocation/next", self._next)
        app.router.add_post(f"{_VERSION}/invocation/{{request_id}}/response", self._response)
        app.router.add_post(f"{_VERSION}/invocation/{{request_id}}/error", self._error)
        app.router.add_post(f"{_VERSION}/init/error", self._init_error)
        app.router.add_get(f"{_VERSION}/restore/next", self._restore)
        app.router.add_post(f"{_VERSION}/restore/error", self._init_error)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.2)
        self._seats: dict[int, _Seat] = {}

    async def start(self) -> None:
        await self._runner.setup()

    async def stop(self) -> None:
        await self._runner.cleanup()

    @asynccontextmanager
    async def seat(self, pool: Pool, worker: Worker) -> AsyncIterator[str]:
        """A port of the worker's own, open while entered; the address it is to call."""
        with socket.create_server((LOOPBACK, 0)) as listener:
            port = listener.getsockname()[1]
            site = web.SockSite(self._runner, listener)
            self._seats[port] = _Seat(pool, worker)
            try:
                await site.start()
                yield f"{LOOPBACK}:{port}"
            finally:
                del self._seats[port]
                await site.stop()

    def _caller(self, request: web.Request) -> _Seat:
        assert request.transport is not None, "a request being handled has a transport"
        port = request.transport.get_extra_info("sockname")[1]
        seat = self._seats.get(port)
        if seat is None:
            raise web.HTTPForbidden(text="this worker has been given up")
        return seat

    async def _next(self, request: web.Request) -> web.Response:
        seat = self._caller(request)
        invocation = await seat.pool.asked(seat.worker)
        return web.Response(body=invocation.payload, content_type="application/json", headers=invocation.headers())

    async def _response(self, request: web.Request) -> web.Response:
        body = await request.read()
        outcome = response_too_large(len(body)) if len(body) > RESPONSE_LIMIT_BYTES else body
        return self._answered(request, outcome)

    async def _error(self, request: web.Request) -> web.Response:
        return self._answered(request, await _failure(request))

    async def _init_error(self, request: web.Request) -> web.Response:
        seat = self._caller(request)
        seat.pool.failed_to_initialise(seat.worker, await _failure(request))
        return _accepted()

    async def _restore(self, _: web.Request) -> web.Response:
        """SnapStart: the hooks before the snapshot have run; no snapshot is taken, the process goes on."""
        return web.Response()

    def _answered(self, request: web.Request, outcome: bytes | FunctionFailedError) -> web.Response:
        seat = self._caller(request)
        if seat.pool.answered(seat.worker, request.match_info["request_id"], outcome):
            return _accepted()
        return web.json_response({"errorType": "InvalidRequestID", "errorMessage": "Invalid request ID"}, status=400)


def _accepted() -> web.Response:
    return web.json_response({"status": "OK"}, status=202)


async def _failure(request: web.Request) -> FunctionFailedError:
    try:
        document = json.loads(await request.read())
    except ValueError:
        document = None
    if not isinstance(document, dict):
        document = {"errorType": request.headers.get("Lambda-Runtime-Function-Error-Type", "Runtime.Unknown")}
    return failure(document)
