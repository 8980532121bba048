"""What a call of a model took, by model and intent.

Retrieval runs beside classification, so that its models do not know the intent yet: they say how long the call took,
and the step that saves the turn says the same again for the intent. A call that fails there counts as of intent
`unknown`, one whose result the turn discards for its model alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from mangaassist.contracts import Usage
from mangaassist.errors import MangaAssistError
from mangaassist.host import host
from mangaassist.telemetry import declared
from mangaassist.telemetry.emission import emit


@dataclass
class ModelTiming:
    """A call that is measured. `intent` and what a language model reports may become known during the call."""

    intent: str | None = None
    first_token_ms: int | None = None
    usage: Usage | None = None
    ms: int = 0


@contextmanager
def timed_model(
    model_name: str, trace_id: str, intent: str | None = None, *, before_intent: bool = False
) -> Iterator[ModelTiming]:
    """Measure a call, whether it answers or fails; `before_intent` where `record_model_of_intent` follows.

    Where an open circuit or too little time left forbade the call, there is nothing to measure.

    The trace id is a property of the metric: as a dimension it would make each turn a metric of its own.
    """
    timing, started, called, answered = ModelTiming(intent), host().monotonic(), True, False
    try:
        yield timing
        answered = True
    except MangaAssistError as error:
        called = error.called
        raise
    finally:
        timing.ms = round((host().monotonic() - started) * 1000)
        family = declared.MODEL_CALL_BEFORE_INTENT if before_intent and answered else declared.MODEL_CALL
        dimensions = {"model_name": model_name, "intent": timing.intent or declared.UNKNOWN}
        if called:
            emit(family, _values(timing), dimensions, trace_id, request_id=trace_id)


def record_model_of_intent(model_name: str, ms: int, *, intent: str, trace_id: str) -> None:
    """The latency of a call that was made before the intent was known."""
    dimensions = {"model_name": model_name, "intent": intent}
    values = {declared.MODEL_LATENCY: ms}
    emit(declared.MODEL_CALL_OF_INTENT, values, dimensions, trace_id, request_id=trace_id)


def _values(timing: ModelTiming) -> dict[str, float]:
    values: dict[str, float] = {declared.MODEL_LATENCY: timing.ms}
    if timing.first_token_ms is not None:
        values[declared.FIRST_TOKEN] = timing.first_token_ms
    if timing.usage is not None:
        values |= {
            declared.INPUT_TOKENS: timing.usage.input_tokens,
            declared.OUTPUT_TOKENS: timing.usage.output_tokens,
            declared.CACHE_READ_TOKENS: timing.usage.cache_read_tokens,
            declared.CACHE_WRITE_TOKENS: timing.usage.cache_write_tokens,
        }
    return values
