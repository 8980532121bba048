"""Time as the local stack sees it: what now is, and what happens later."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """Something that will happen, unless it is cancelled."""

    def cancel(self) -> None:
        """Prevent the callback; does nothing where it has run."""


class Clock(Protocol):
    """The time of executions."""

    def now(self) -> float:
        """Seconds since the epoch."""

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call back on the running event loop after so many seconds."""


class SystemClock:
    """The time of day, with the event loop's timers."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call back on the running event loop after so many seconds."""
        return asyncio.get_running_loop().call_later(seconds, callback)


async def sleep(clock: Clock, seconds: float) -> None:
    """Wait for so many seconds of this clock."""
    woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    timer = clock.call_later(max(seconds, 0), lambda: wake(woken))
    try:
        await woken
    finally:
        timer.cancel()


def wake(future: asyncio.Future[None]) -> None:
    """Let whoever waits for this future go on."""
    if not future.done():
        future.set_result(None)
