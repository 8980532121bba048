"""What every stand-in shares: serving on loopback, and the faults that need no knowledge of the service."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass

from aiohttp import web

from local.standins.fault_catalogue import Mode
from local.standins.faults import HANG_S, Fault
from local.standins.payloads import INSTEAD
from local.standins.shapes import Failure

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOOPBACK = "127.0.0.1"
MAX_BODY_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Running:
    """A served application."""

    url: str
    runner: web.AppRunner

    async def stop(self) -> None:
        """Close its socket and its requests, those held by a fault included."""
        await self.runner.cleanup()


def new_app() -> web.Application:
    """An application that takes bulk loads."""
    return web.Application(client_max_size=MAX_BODY_BYTES)


async def serve(app: web.Application, port: int = 0) -> Running:
    """Serve on loopback; port 0 takes a free one. A handler ends when its client gives up."""
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.2, access_log=None)
    async with AsyncExitStack() as undo:
        undo.push_async_callback(runner.cleanup)
        await runner.setup()
        await web.TCPSite(runner, LOOPBACK, port).start()
        undo.pop_all()
    return Running(f"http://{LOOPBACK}:{runner.addresses[0][1]}", runner)


def failed(failure: Failure) -> web.Response:
    """An error answer."""
    return web.Response(status=failure.status, body=failure.payload(), headers=failure.headers())


def drop(request: web.Request) -> None:
    """Close the connection, whatever of the answer has gone out."""
    if request.transport is not None:
        request.transport.abort()


async def misbehave(request: web.Request, fault: Fault | None, shapes: Mapping[Mode, Failure]) -> web.Response | None:
    """Show the fault as far as every service shows it alike; None when the service is to go on.

    A port that stand-ins share refuses nobody: a refused connection is one that is dropped before an answer.
    """
    if fault is None:
        return None
    if fault.mode is Mode.REFUSED:
        drop(request)
        return web.Response()
    if fault.mode is Mode.SLOW:
        await asyncio.sleep(fault.delay_s)
    elif fault.mode is Mode.HANG:
        await asyncio.sleep(HANG_S)
    elif fault.mode in INSTEAD:
        return web.Response(body=INSTEAD[fault.mode], content_type="application/json")
    failure = shapes.get(fault.mode)
    return failed(failure) if failure else None
