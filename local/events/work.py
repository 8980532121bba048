"""Work in the background that knows when none of it does anything but wait for the clock."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from local.clock import Clock, wake


class Work:
    """Tasks of one clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()
        self._busy = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something in the background. Its exceptions are its own: one that leaves it is a defect."""
        self._began()
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def sleep(self, seconds: float) -> None:
        """Wait, inside something that was started here."""
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def ring() -> None:
            # Counts as busy from here on, not only when the task gets its turn.
            if not woken.done():
                self._began()
                wake(woken)

        timer = self._clock.call_later(max(seconds, 0.0), ring)
        self._paused()
        try:
            await woken
        finally:
            timer.cancel()
            if woken.cancelled():
                self._began()

    async def settled(self) -> None:
        """Return when everything is done or sleeps."""
        await self._idle.wait()

    async def close(self) -> int:
        """Give up what is not done; how many that were."""
        given_up = list(self._tasks)
        for task in given_up:
            task.cancel()
        await asyncio.gather(*given_up, return_exceptions=True)
        return len(given_up)

    def _began(self) -> None:
        self._busy += 1
        self._idle.clear()

    def _paused(self) -> None:
        self._busy -= 1
        if not self._busy:
            self._idle.set()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._paused()
        if not task.cancelled() and (error := task.exception()) is not None:
            loop = asyncio.get_running_loop()
            loop.call_exception_handler({"message": "a delivery failed unexpectedly", "exception": error})
