"""Plain functions in the time of an event loop: one that waits, gives way to the others, all in one thread.

    async def scenario(clock):
        host = LoopHost(clock)
        with hosted_by(host):
            await in_greenlet(lambda: handler(event, None))    # whose waits take virtual time

The functions wait through `mangaassist.host` alone, of which LoopHost is one; what stands in for the network waits
with `pause`.
"""

import asyncio
import queue
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from concurrent.futures import Future
from typing import Any, TypeVar

from greenlet import getcurrent, greenlet

from local.clock import Clock

Result = TypeVar("Result")


class NotInGreenletError(RuntimeError):
    """Only a function that `in_greenlet` runs can wait."""


async def in_greenlet(call: Callable[[], Result]) -> Result:
    """Run a plain function that may `wait_for` what this loop does."""
    running = greenlet(call)
    given = running.switch()
    while not running.dead:
        try:
            answer = await given
        except BaseException as error:  # whatever it is, it is for who waits
            given = running.throw(error)
        else:
            given = running.switch(answer)
    result: Result = given
    return result


def wait_for(awaited: Awaitable[Result]) -> Result:
    """What comes of it; meanwhile the loop goes on."""
    result: Result = _loop().switch(awaited)
    return result


def pause(seconds: float) -> None:
    """Wait for so many seconds of the loop's time."""
    _loop().switch(asyncio.sleep(seconds))


def _loop() -> greenlet:
    """Who runs this function, and the loop."""
    parent = getcurrent().parent
    if parent is None:
        raise NotInGreenletError("run it with in_greenlet")
    return parent


class LoopHost:
    """A `mangaassist.host.Host` whose time is a clock's, and whose threads are greenlets on the running loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()

    def epoch_ns(self) -> int:
        return round(self._clock.now() * 1e9)

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def start(self, call: Callable[[], Result]) -> Future[Result]:
        started: Future[Result] = _Started()
        task = asyncio.get_running_loop().create_task(in_greenlet(lambda: _carry_out(started, call)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return started

    def first_of(self, calls: Collection[Future[Result]], timeout: float) -> set[Future[Result]]:
        woken = asyncio.get_running_loop().create_future()
        for call in calls:
            call.add_done_callback(lambda _: _wake(woken))
        _wait_until(woken, timeout)
        return {call for call in calls if call.done()}

    def mailbox(self) -> "_Mailbox":
        return _Mailbox()

    async def idle(self) -> None:
        """Wait until every call that was started has ended."""
        while self._tasks:
            await asyncio.wait(self._tasks)


class _Started(Future[Result]):
    """A call that has been started; who waits for it gives way."""

    def result(self, timeout: float | None = None) -> Result:
        woken = asyncio.get_running_loop().create_future()
        self.add_done_callback(lambda _: _wake(woken))
        _wait_until(woken, timeout)
        return super().result(timeout=0)


class _Mailbox:
    """A queue.SimpleQueue whose reader gives way."""

    def __init__(self) -> None:
        self._items: deque[Any] = deque()
        self._woken: asyncio.Future[None] | None = None

    def put(self, item: Any) -> None:
        self._items.append(item)
        if self._woken is not None:
            _wake(self._woken)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        if not self._items and block:
            self._woken = asyncio.get_running_loop().create_future()
            _wait_until(self._woken, timeout)
        if not self._items:
            raise queue.Empty
        return self._items.popleft()


def _carry_out(started: Future[Result], call: Callable[[], Result]) -> None:
    if not started.set_running_or_notify_cancel():
        return
    try:
        result = call()
    except Exception as error:
        started.set_exception(error)
    else:
        started.set_result(result)


def _wait_until(woken: asyncio.Future[None], timeout: float | None) -> None:
    if not woken.done():
        wait_for(asyncio.wait([woken], timeout=timeout))


def _wake(woken: asyncio.Future[None]) -> None:
    if not woken.done():
        woken.set_result(None)
