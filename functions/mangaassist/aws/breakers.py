"""Circuit breakers before the models, one a model and region.

Each instance judges by its own calls; what one has found holds for all, by way of `circuits`. The copy that decides is
at most KEPT_S old, or as old as the pause between two calls: it is read again beside a call, which never waits for it.
Only a transition is waited for, briefly. While the store is down an instance stands alone, and one that knows nothing
takes the circuit for closed.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from mangaassist.aws.calls import Dependency, call_within, error_code, require_time
from mangaassist.aws.circuits import Circuits
from mangaassist.clock import now_ms
from mangaassist.errors import MangaAssistError, StoreError
from mangaassist.host import host
from mangaassist.policy.breaker import Admission, Circuit, Rules, Window
from mangaassist.settings import settings
from mangaassist.telemetry import logger, record_breaker_transition

Result = TypeVar("Result")

RULES = Rules()
KEPT_S = 2.0
TRANSITION_MS = 60
# The model is well: it is asked for too much, or for something that nobody could answer.
NOT_THE_MODELS_FAULT = frozenset({"ThrottlingException", "ServiceQuotaExceededException", "ValidationException"})


def call_model(budget_ms: int, call: Callable[[], Result], dependency: Dependency, *, trace_id: str) -> Result:
    """`calls.call_within` behind the model's breaker; `failed` at once while that is open."""
    ends_at = host().monotonic() + budget_ms / 1000
    require_time(budget_ms, dependency)
    with guarded(dependency, trace_id):
        left_ms = max(0, round((ends_at - host().monotonic()) * 1000))
        return call_within(left_ms, call, dependency, trace_id=trace_id)


@dataclass
class Outcome:
    """What a guarded call came to; an error that leaves it is a failure without being told."""

    failed: bool = False


@contextmanager
def guarded(dependency: Dependency, trace_id: str) -> Iterator[Outcome]:
    """A call of a model, whose outcome its breaker learns. Raises `failed` when the breaker lets nothing through."""
    if settings().circuit_breakers == "off":
        yield Outcome()
        return
    breaker, outcome = breaker_of(dependency.name), Outcome()
    admission = breaker.admission(trace_id)
    if admission == "refuse":
        raise dependency.failed(f"the circuit breaker of {dependency.name} is open").before_any_call()
    try:
        yield outcome
    except MangaAssistError as error:
        if _tells_of_the_model(error, dependency):
            breaker.learn(admission, failed=True, trace_id=trace_id)
        raise
    breaker.learn(admission, failed=outcome.failed, trace_id=trace_id)


@cache
def breaker_of(name: str) -> "Breaker":
    return Breaker(name, Circuits(settings().breakers_table))


class Breaker:
    """What this instance knows of one model's circuit."""

    def __init__(self, name: str, circuits: Circuits) -> None:
        self._name, self._circuits = name, circuits
        self._circuit, self._window = Circuit(), Window(RULES)
        self._read_at = self._moved_at = float("-inf")

    def admission(self, trace_id: str) -> Admission:
        """Whether a call may be made. The probe is claimed first, so that there is one at a time."""
        self._refresh()
        circuit = self._circuit
        admission = circuit.admission(now_ms())
        if admission == "probe" and not self._move(circuit, circuit.probed(now_ms(), RULES), trace_id):
            return "refuse"
        return admission

    def learn(self, admission: Admission, *, failed: bool, trace_id: str) -> None:
        """The outcome of a call that was admitted."""
        circuit = self._circuit
        if admission == "probe":
            self._move(circuit, circuit.opened(now_ms(), RULES) if failed else circuit.closed(), trace_id)
            return
        self._window.record(host().monotonic(), failed=failed)
        if failed and circuit.state == "closed" and self._window.is_failing(host().monotonic()):
            self._move(circuit, circuit.opened(now_ms(), RULES), trace_id)

    def _move(self, seen: Circuit, new: Circuit, trace_id: str) -> bool:
        """Make a transition here, and if the store can be had for all; False where another one came first."""
        if not self._shared(seen, new):
            return False
        self._circuit, self._moved_at = new, host().monotonic()
        self._window.clear()
        record_breaker_transition(self._name, new.state, trace_id)
        return True

    def _shared(self, seen: Circuit, new: Circuit) -> bool:
        budget_ms = round(TRANSITION_MS * settings().stretch)
        try:
            is_first = self._circuits.replace(self._name, seen, new, now_ms=now_ms(), budget_ms=budget_ms)
        except StoreError as error:
            logger().warning("breaker stands alone", extra={"model_name": self._name, "error": type(error).__name__})
            return True
        if not is_first:
            self._read_at = float("-inf")
        return is_first

    def _refresh(self) -> None:
        """Have the circuit read again, beside whatever comes next."""
        began = host().monotonic()
        if began - self._read_at >= KEPT_S:
            self._read_at = began
            host().start(lambda: self._read(began))

    def _read(self, began: float) -> None:
        try:
            circuit = self._circuits.read(self._name)
        except Exception as error:
            logger().info("breaker not read", extra={"model_name": self._name, "error": type(error).__name__})
            return
        # What was moved meanwhile is newer than what was read.
        if self._moved_at < began and circuit != self._circuit:
            self._circuit = circuit
            self._window.clear()


def _tells_of_the_model(error: MangaAssistError, dependency: Dependency) -> bool:
    cause = error.__cause__
    if cause is None:
        # A time-out without a cause is one before anything was tried.
        return not isinstance(error, dependency.timed_out)
    return not (isinstance(cause, Exception) and error_code(cause) in NOT_THE_MODELS_FAULT)
