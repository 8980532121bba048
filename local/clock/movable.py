"""The time of day, until it is moved forward: whatever is due on the way happens at once, in order, at its own time."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

_SLACK_S: Final = 0.1
"""Timers are set by their delay: one that is meant for a moment is due a little after it."""

_LONGEST_NAP_S: Final = 60.0
"""The loop's clock stands still while a machine sleeps: the time of day is looked at again this often."""


@dataclass(order=True)
class _Timer:
    due: float
    number: int
    callback: Callable[[], None] = field(compare=False)
    cancelled: bool = field(compare=False, default=False)

    def cancel(self) -> None:
        """Prevent the callback; does nothing where it has run."""
        self.cancelled = True


class MovableClock:
    """Only what asks this clock sees it move: the time of the machine, and of handlers, stays what it is."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._numbers = itertools.count()
        self._timers: list[_Timer] = []
        self._handle: asyncio.TimerHandle | None = None

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self._ahead

    def call_later(self, seconds: float, callback: Callable[[], None]) -> _Timer:
        """Call back on the running event loop after so many seconds, or when the clock is moved beyond them."""
        timer = _Timer(self.now() + seconds, next(self._numbers), callback)
        heapq.heappush(self._timers, timer)
        self._arm()
        return timer

    async def advance_to(self, moment: float, settled: Callable[[], Awaitable[None]]) -> int:
        """Move forward to a moment, never back: how many timers rang.

        `settled` waits for what a timer set off, before the clock moves on.
        """
        rung = 0
        await settled()
        while (due := self._next_due()) is not None and due <= moment + _SLACK_S:
            self._move_to(due)
            rung += self._ring()
            await settled()
        self._move_to(moment)
        self._arm()
        return rung

    def _move_to(self, moment: float) -> None:
        self._ahead = max(self._ahead, moment - time.time())

    def _next_due(self) -> float | None:
        while self._timers and self._timers[0].cancelled:
            heapq.heappop(self._timers)
        return self._timers[0].due if self._timers else None

    def _arm(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
        due = self._next_due()
        if due is not None:
            nap = min(max(0.0, due - self.now()), _LONGEST_NAP_S)
            self._handle = asyncio.get_running_loop().call_later(nap, self._wake)

    def _wake(self) -> None:
        self._ring()
        self._arm()

    def _ring(self) -> int:
        """Call back whatever is due now; how many that were."""
        rung = 0
        while (due := self._next_due()) is not None and due <= self.now():
            timer = heapq.heappop(self._timers)
            timer.callback()
            rung += 1
        return rung
