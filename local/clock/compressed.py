"""Time that passes a factor faster than the event loop's."""

import asyncio
from collections.abc import Callable
from typing import Final

from local.clock import Timer

# Timers may ring a little early; one that is meant for a moment rings after it.
_SLACK_S: Final = 0.001


class CompressedClock:
    """Begins at `start`, seconds since the epoch, when it is made on a running loop; virtual loops do as well."""

    def __init__(self, start: float, factor: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._origin = self._loop.time()
        self._start = start
        self._factor = factor

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._start + (self._loop.time() - self._origin) * self._factor

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call back after so many compressed seconds."""
        return self._loop.call_later(max(seconds, 0) / self._factor + _SLACK_S, callback)
