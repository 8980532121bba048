"""Work that can be waited for with a limit, and that outlives whoever waits for it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

from local.clock import Clock, wake

Result = TypeVar("Result")


class Work(Generic[Result]):
    """Something that runs on its own. Cancelling whoever waits for it leaves it running."""

    __slots__ = ("_ended", "task")

    def __init__(self, start: Callable[[], Awaitable[Result]]) -> None:
        loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[None] = loop.create_future()
        self.task = loop.create_task(self._run(start))

    async def ends(self, clock: Clock, seconds: float | None = None) -> bool:
        """Wait until the work has ended, at most so many seconds; whether it has."""
        timer = None if seconds is None else clock.call_later(seconds, lambda: wake(self._ended))
        try:
            await self._ended
        finally:
            if timer is not None:
                timer.cancel()
        return self.task.done()

    async def _run(self, start: Callable[[], Awaitable[Result]]) -> Result:
        try:
            return await start()
        finally:
            wake(self._ended)


class Background:
    """Work that nobody may wait for any more: kept until it ends, its exceptions taken."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, start: Callable[[], Awaitable[Result]]) -> Work[Result]:
        """Start work and keep it."""
        work = Work(start)
        self._tasks.add(work.task)
        work.task.add_done_callback(self._end)
        return work

    async def drain(self) -> None:
        """Wait until all work has ended, that which starts meanwhile included."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _end(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()
