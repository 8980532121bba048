"""An attempt of a call, or two where the first is late: the first answer counts, the other is not waited for."""

from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as FutureTimeoutError
from functools import cache
from typing import Generic, TypeVar

from mangaassist.host import host
from mangaassist.policy.latency import Latencies
from mangaassist.tables import dependencies
from mangaassist.telemetry import record_hedge

Result = TypeVar("Result")


@cache
def latencies(name: str) -> Latencies:
    """What this instance has seen of a dependency of tables/dependencies.toml."""
    return Latencies(dependencies()[name].p95_ms)


def p95_ms(name: str) -> float:
    """How long an attempt must be able to take for it to begin."""
    return latencies(name).p95_ms(host().monotonic())


class _Attempt(Generic[Result]):
    """A call that has begun; it is observed only if it is waited for."""

    def __init__(self, name: str, call: Callable[[], Result]) -> None:
        self._name, self._began = name, host().monotonic()
        self.pending = host().start(call)

    def result(self, timeout_s: float) -> Result:
        try:
            answer = self.pending.result(timeout=timeout_s)
        except FutureTimeoutError:
            # One that has not begun must not run after its caller has given up.
            self.pending.cancel()
            raise
        self.observe()
        return answer

    def observe(self) -> None:
        now = host().monotonic()
        latencies(self._name).observe((now - self._began) * 1000, now)


def answer(name: str, call: Callable[[], Result], budget_s: float, *, trace_id: str) -> Result:
    """The call's answer. Where the table hedges it and there is time for two, a second one begins when it is late.

    Raises concurrent.futures.TimeoutError once the budget is spent, and whatever the last call to fail raised.
    """
    first, patience_s = _Attempt(name, call), _patience_s(name)
    is_hedged = dependencies()[name].hedged and budget_s >= 2 * patience_s
    if not is_hedged or host().first_of([first.pending], patience_s):
        return first.result(budget_s)
    second, has_won = _Attempt(name, call), False
    try:
        winner = _first_to_answer([first, second], budget_s - patience_s)
        has_won = winner is second
        # A late one took at least so long. A hedge is not observed: its lot is that of the lucky.
        first.observe()
        return winner.pending.result()
    finally:
        record_hedge(name, has_won, trace_id)


def _patience_s(name: str) -> float:
    """When the first attempt is late: never sooner than the table says, or each hedge would bring the next one on."""
    return max(p95_ms(name), dependencies()[name].p95_ms) / 1000


def _first_to_answer(attempts: Sequence[_Attempt[Result]], timeout_s: float) -> _Attempt[Result]:
    ends_at = host().monotonic() + timeout_s
    waiting = {attempt.pending: attempt for attempt in attempts}
    while True:
        ended = host().first_of(list(waiting), max(0.0, ends_at - host().monotonic()))
        answered = next((pending for pending in ended if pending.exception() is None), None)
        if answered is not None or not ended:
            for pending in waiting.keys() - {answered}:
                pending.cancel()
        if answered is not None:
            return waiting[answered]
        if not ended:
            raise FutureTimeoutError
        failed = [waiting.pop(pending) for pending in ended]
        if not waiting:
            return failed[-1]
