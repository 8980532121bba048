"""Run the application until SIGTERM or SIGINT, then finish what is in work."""

import asyncio
import signal
from pathlib import Path

from aiohttp import web

from models.serving.app import STATE, create_app, servable_in

_DRAIN_SECONDS = 20.0


def serve(folder: Path, *, host: str, port: int, workers: int) -> int:
    """Serve the model in `folder`; the process's exit code: 0 after a signal, 1 where the model cannot be loaded."""
    return asyncio.run(_serve(folder, host, port, workers))


async def _serve(folder: Path, host: str, port: int, workers: int) -> int:
    app = create_app(servable_in(folder), workers=workers)
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
