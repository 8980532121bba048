"""Virtual time: an event loop that jumps to its next timer instead of waiting for it.

    def test_given_a_retry_of_60_seconds_when_...():
        run_virtually(lambda clock: scenario(clock))

Every timer of asyncio obeys it, those of the code under test included. Time stands still while a thread works that
someone waits for with `asyncio.to_thread`.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any, TypeVar, TypeVarTuple

from local.clock import Timer

CLOCK_RESOLUTION_SECONDS = 1e-6

Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")


class DeadlockError(RuntimeError):
    """Everything waits, and no timer is set."""


class _JumpingSelector(selectors.DefaultSelector):
    """Advances `elapsed` by the time that a real selector would have waited; really waits while a thread works."""

    elapsed: float = 0.0
    threads: int = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self.threads and timeout != 0:
            return super().select(None)
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
        # A timer is due where its time is before now plus this, which after months must still be more than now.
        self._clock_resolution = CLOCK_RESOLUTION_SECONDS

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._jumping.elapsed

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*Arguments], Result], *args: *Arguments
    ) -> asyncio.Future[Result]:
        """Run in a thread, while time stands still."""
        future: asyncio.Future[Result] = super().run_in_executor(executor, func, *args)
        self._jumping.threads += 1
        future.add_done_callback(self._thread_ended)
        return future

    async def shutdown_default_executor(self, *args: Any) -> None:
        """Wait for the threads."""
        with self._standing_still():
            await super().shutdown_default_executor(*args)

    def _thread_ended(self, _: object) -> None:
        self._jumping.threads -= 1

    @contextmanager
    def _standing_still(self) -> Iterator[None]:
        self._jumping.threads += 1
        try:
            yield
        finally:
            self._jumping.threads -= 1


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
