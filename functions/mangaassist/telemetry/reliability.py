"""How the steps went, and what was done about those that did not go well."""

from collections.abc import Iterable

from mangaassist.errors import MangaAssistError, Refusal
from mangaassist.telemetry import declared
from mangaassist.telemetry.emission import emit
from mangaassist.telemetry.logs import logger, request_of


def record_step(step: str, *, trace_id: str, ms: int, error: Exception | None = None) -> None:
    """A step's latency, by the name of the error it raised, or "ok". It is the step's log line too."""
    dimensions = {"step": step, "outcome": "ok" if error is None else type(error).__name__}
    emit(declared.STEP, {declared.STEP_LATENCY: ms}, dimensions, trace_id, **request_of(), **_reason(error))


def _reason(error: Exception | None) -> dict[str, str]:
    """What the error says, where it is a text of ours: a refusal may repeat what a customer wrote."""
    told = isinstance(error, MangaAssistError) and not isinstance(error, Refusal)
    return {"reason": str(error)} if told else {}


def record_fallbacks(degraded: Iterable[str], *, trace_id: str) -> None:
    """Count each fallback that a turn took, by its name."""
    for name in degraded:
        emit(declared.FALLBACK, {declared.FALLBACKS: 1}, {"fallback": name}, trace_id)


def record_withheld(reasons: Iterable[str], *, trace_id: str) -> None:
    """Count each rule for which a draft was withheld."""
    for reason in reasons:
        emit(declared.WITHHELD_REPLY, {declared.WITHHELD: 1}, {"reason": reason}, trace_id)


def record_breaker_transition(model: str, state: str, trace_id: str) -> None:
    """Count a model's circuit breaker going to `closed`, `open` or `half_open`; a transition is also a log line."""
    logger().warning("breaker", extra={"model_name": model, "state": state, "trace_id": trace_id})
    dimensions = {"model_name": model, "state": state}
    emit(declared.BREAKER, {declared.BREAKER_TRANSITIONS: 1}, dimensions, trace_id)


def record_hedge(model: str, won: bool, trace_id: str | None = None) -> None:
    """Count a second attempt that was started beside a slow first one, by which of the two answered first."""
    dimensions = {"model_name": model, "winner": "hedge" if won else "first"}
    emit(declared.HEDGE, {declared.HEDGES: 1}, dimensions, trace_id)
