"""Time as an execution sees it: what now is, and what happens later."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, Protocol


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


async def finishes(task: asyncio.Task[Any], clock: Clock, seconds: float | None) -> bool:
    """Wait until a task is done, at most so many seconds; whether it is done. The task is never cancelled."""
    woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    task.add_done_callback(lambda _: wake(woken))
    timer = None if seconds is None else clock.call_later(seconds, lambda: wake(woken))
    try:
        await woken
    finally:
        if timer is not None:
            timer.cancel()
    return task.done()


def wake(future: asyncio.Future[None]) -> None:
    """Let whoever waits for this future go on."""
    if not future.done():
        future.set_result(None)


def background(work: Coroutine[Any, Any, Any], tasks: set[asyncio.Task[Any]]) -> asyncio.Task[Any]:
    """Start work that outlives whoever waits for it, kept in `tasks` until it ends."""
    task = asyncio.get_running_loop().create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    task.add_done_callback(_retrieve)
    return task


def _retrieve(task: asyncio.Task[Any]) -> None:
    """Mark an exception as seen: nobody waits any more for a task that was left to run on."""
    if not task.cancelled():
        task.exception()
