"""Run the application until SIGTERM or SIGINT, then finish what is in work."""

import asyncio
import signal

from aiohttp import web

from models.serving.app import STATE, Serving, create_app

_DRAIN_SECONDS = 20.0


def serve(serving: Serving, *, host: str, port: int) -> int:
    """Serve until a signal; the process's exit code: 0 after one, 1 where a model of the start cannot be loaded."""
    return asyncio.run(_serve(serving, host, port))


async def _serve(serving: Serving, host: str, port: int) -> int:
    app = create_app(serving)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_DRAIN_SECONDS)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    failed = app[STATE].failed
    waits = [asyncio.create_task(event.wait()) for event in (stopped, failed)]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    await runner.cleanup()
    return 1 if failed.is_set() else 0
