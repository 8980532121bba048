"""Hosts whose time passes only where a test says so."""

import queue
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

Result = TypeVar("Result")
EPOCH_S = 4_000_000_000.0


class ManualHost:
    """Calls are made at once, in no time; the clocks stand until `pass_s`."""

    def __init__(self) -> None:
        self._now = 1_000.0

    def pass_s(self, seconds: float) -> None:
        self._now += seconds

    def epoch_ns(self) -> int:
        return round((EPOCH_S + self._now) * 1e9)

    def monotonic(self) -> float:
        return self._now

    def start(self, call: Callable[[], Result]) -> "Future[Result]":
        ended: Future[Result] = Future()
        try:
            ended.set_result(call())
        except Exception as error:
            ended.set_exception(error)
        return ended

    def first_of(self, calls: "Collection[Future[Result]]", timeout: float) -> "set[Future[Result]]":
        return {call for call in calls if call.done()}

    def mailbox(self) -> "queue.SimpleQueue[Any]":
        return queue.SimpleQueue()


@dataclass(frozen=True)
class Ends:
    """What a scripted call comes to, after so many seconds."""

    after_s: float
    with_: Any


class _Scripted(Future[Any]):
    def __init__(self, host: "ScriptedHost", end: Ends) -> None:
        super().__init__()
        self._host, self._end = host, end
        self.ends_at = host.monotonic() + end.after_s
        self.given_up = False

    def result(self, timeout: float | None = None) -> Any:
        if not self._host.first_of([self], timeout or 0.0):
            raise TimeoutError
        if isinstance(self._end.with_, Exception):
            raise self._end.with_
        return self._end.with_

    def exception(self, timeout: float | None = None) -> BaseException | None:
        return self._end.with_ if isinstance(self._end.with_, Exception) else None

    def cancel(self) -> bool:
        self.given_up = True
        return True


class ScriptedHost(ManualHost):
    """Calls return the `Ends` that they come to; time passes while somebody waits for them."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[_Scripted] = []

    def start(self, call: Callable[[], Any]) -> "Future[Any]":
        self.started.append(_Scripted(self, call()))
        return self.started[-1]

    def first_of(self, calls: "Collection[Future[Any]]", timeout: float) -> "set[Future[Any]]":
        scripted = [call for call in calls if isinstance(call, _Scripted)]
        until = min([call.ends_at for call in scripted if call.ends_at <= self._now + timeout], default=None)
        self._now = max(self._now, self._now + timeout if until is None else until)
        return {call for call in scripted if call.ends_at <= self._now}
