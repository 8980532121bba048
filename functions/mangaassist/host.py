"""What a function has of the machine it runs on: clocks, and threads in which calls wait.

Whatever reads a clock or waits for a call does so through `host()`, so that a simulation can take the machine's place,
in time of its own:

    with hosted_by(simulation):
        handler(event, None)
"""

import queue
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import copy_context
from functools import cache
from typing import Any, Protocol, TypeVar

Result = TypeVar("Result")

WORKERS = 16


class Mailbox(Protocol):
    """Things handed from one thread to another, in order."""

    def put(self, item: Any) -> None:
        """Hand a thing over."""

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """The next thing; raises queue.Empty when none has come after `timeout` seconds."""


class Host(Protocol):
    """The machine, or what takes its place."""

    def epoch_ns(self) -> int:
        """The present, in nanoseconds since the epoch."""

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back."""

    def start(self, call: Callable[[], Result]) -> "Future[Result]":
        """Make a call beside the caller, who may wait for its `result(timeout)`, `cancel()` it, or leave it."""

    def first_of(self, calls: "Collection[Future[Result]]", timeout: float) -> "set[Future[Result]]":
        """Those of the started calls that have ended, once one has; none of them after `timeout` seconds."""

    def mailbox(self) -> Mailbox:
        """An empty mailbox."""


class _Machine:
    """The clocks of this machine, and its threads."""

    def epoch_ns(self) -> int:
        return time.time_ns()

    def monotonic(self) -> float:
        return time.monotonic()

    def start(self, call: Callable[[], Result]) -> "Future[Result]":
        # What the call logs is of the turn that started it.
        return _workers().submit(copy_context().run, call)

    def first_of(self, calls: "Collection[Future[Result]]", timeout: float) -> "set[Future[Result]]":
        return wait(calls, timeout, FIRST_COMPLETED).done

    def mailbox(self) -> Mailbox:
        return queue.SimpleQueue()


_HOSTS: list[Host] = [_Machine()]


def host() -> Host:
    """The machine that this process runs on, or what has taken its place."""
    return _HOSTS[-1]


@contextmanager
def hosted_by(other: Host) -> Iterator[None]:
    """Let something else take the machine's place in this process."""
    _HOSTS.append(other)
    try:
        yield
    finally:
        _HOSTS.remove(other)


@cache
def _workers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="call")
