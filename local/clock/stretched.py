"""Time whose timers take longer."""

import asyncio
import time
from collections.abc import Callable

from local.clock import Timer


class StretchedClock:
    """The time of day, with timers that take a factor longer."""

    def __init__(self, factor: float) -> None:
        self._factor = factor

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call back after so many stretched seconds."""
        return asyncio.get_running_loop().call_later(seconds * self._factor, callback)
