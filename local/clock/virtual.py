"""Virtual time: an event loop that jumps to its next timer instead of waiting for it.

    def test_given_a_retry_of_60_seconds_when_...():
        run_virtually(lambda clock: scenario(clock))

Every timer of asyncio obeys it, those of the code under test included. Threads do not: time jumps while they work.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from local.clock import Timer

Result = TypeVar("Result")


class DeadlockError(RuntimeError):
    """Everything waits, and no timer is set."""


class _JumpingSelector(selectors.DefaultSelector):
    """Advances `elapsed` by the time that a real selector would have waited."""

    elapsed: float = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready: list[tuple[selectors.SelectorKey, int]] = super().select(0)
        if not ready and timeout is None:
            raise DeadlockError("Nothing is left to happen: a future that is waited for is never set.")
        if not ready and timeout is not None and timeout > 0:
            self.elapsed += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time starts at 0 and passes only while everything waits."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._jumping.elapsed


class VirtualClock:
    """A clock that reads the time of the running VirtualLoop."""

    def __init__(self, start: float = 1_700_000_000.0) -> None:
        self.start = start

    def now(self) -> float:
        """Virtual seconds since the epoch."""
        return self.start + self.elapsed()

    def elapsed(self) -> float:
        """Virtual seconds since the loop was made."""
        return asyncio.get_running_loop().time()

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call back after so many virtual seconds."""
        return asyncio.get_running_loop().call_later(seconds, callback)


def run_virtually(main: Callable[[VirtualClock], Coroutine[Any, Any, Result]]) -> Result:
    """Run a coroutine to its end in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main(VirtualClock()))
