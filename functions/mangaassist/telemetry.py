"""Logs and metrics of the functions. Neither ever holds a customer's words."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from mangaassist.host import host

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

MODEL_LATENCY = "model_inference_latency_ms"
STEP_LATENCY = "step_latency_ms"
FALLBACKS = "fallbacks"
WITHHELD = "withheld_replies"
BREAKER_TRANSITIONS = "breaker_transitions"
HEDGES = "hedges"


@cache
def logger() -> "Logger":
    from aws_lambda_powertools import Logger

    return Logger()


def record_step(step: str, *, trace_id: str, ms: int, outcome: str) -> None:
    """One log line and one metric a step: `outcome` is "ok" or the name of the error it raised."""
    logger().info("step", extra={"step": step, "trace_id": trace_id, "ms": ms, "outcome": outcome})
    _put_metric(STEP_LATENCY, ms, {"step": step, "outcome": outcome}, {"trace_id": trace_id})


@dataclass
class ModelTiming:
    """What a model call is measured for; `intent` may become known during the call."""

    intent: str = "unknown"


@contextmanager
def timed_model(model_name: str, trace_id: str, intent: str = "unknown") -> Iterator[ModelTiming]:
    """Measure a model's latency by model and intent, whether it answers or fails.

    The trace id is a property of the metric: as a dimension it would make each turn a metric of its own.
    """
    timing, started = ModelTiming(intent), host().monotonic()
    try:
        yield timing
    finally:
        ms = round((host().monotonic() - started) * 1000)
        dimensions = {"model_name": model_name, "intent": timing.intent}
        _put_metric(MODEL_LATENCY, ms, dimensions, {"request_id": trace_id})


def record_fallbacks(degraded: Iterable[str], *, trace_id: str) -> None:
    """Count each fallback that a turn took, by its name."""
    for name in degraded:
        _put_metric(FALLBACKS, 1, {"fallback": name}, {"trace_id": trace_id}, unit="Count")


def record_withheld(reasons: Iterable[str], *, trace_id: str) -> None:
    """Count each rule for which a draft was withheld."""
    for reason in reasons:
        _put_metric(WITHHELD, 1, {"reason": reason}, {"trace_id": trace_id}, unit="Count")


def record_breaker_transition(model: str, state: str, trace_id: str) -> None:
    """Count a model's circuit breaker going to `closed`, `open` or `half_open`; a transition is also a log line."""
    logger().warning("breaker", extra={"model_name": model, "state": state, "trace_id": trace_id})
    _put_metric(BREAKER_TRANSITIONS, 1, {"model_name": model, "state": state}, {"trace_id": trace_id}, unit="Count")


def record_hedge(model: str, won: bool, trace_id: str = "none") -> None:
    """Count a second attempt that was started beside a slow first one, by which of the two answered first."""
    dimensions = {"model_name": model, "winner": "hedge" if won else "first"}
    _put_metric(HEDGES, 1, dimensions, {"trace_id": trace_id}, unit="Count")


def _put_metric(
    name: str, value: int, dimensions: dict[str, str], properties: dict[str, str], unit: str = "Milliseconds"
) -> None:
    from aws_lambda_powertools.metrics import MetricUnit, single_metric

    with single_metric(name=name, unit=MetricUnit(unit), value=value) as metric:
        for dimension, text in dimensions.items():
            metric.add_dimension(dimension, text)
        for key, text in properties.items():
            metric.add_metadata(key, text)
