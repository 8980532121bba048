"""Every metric of the functions, as data: its unit, and the sets of dimensions that it is emitted with.

The dashboard, the alarms, the report and docs/operations.md are tested against this page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Unit = Literal["Milliseconds", "Count", "None"]

NAMESPACE = "MangaAssist"
SERVICE = "service"  # a dimension of every metric, which Powertools' environment names
UNKNOWN = "unknown"

MODEL_LATENCY = "model_inference_latency_ms"
FIRST_TOKEN = "time_to_first_token_ms"  # noqa: S105  # a duration
INPUT_TOKENS = "input_tokens"
OUTPUT_TOKENS = "output_tokens"
CACHE_READ_TOKENS = "cache_read_tokens"
CACHE_WRITE_TOKENS = "cache_write_tokens"
STEP_LATENCY = "step_latency_ms"
FALLBACKS = "fallbacks"
WITHHELD = "withheld_replies"
BREAKER_TRANSITIONS = "breaker_transitions"
HEDGES = "hedges"
TURNS = "turns"
CONFIDENCE = "classifier_confidence"
FOLLOW_UPS = "follow_up_turns"
HANDED_OVER = "handed_over_turns"
SPECULATION_USED = "speculation_used"
SPECULATION_DISCARDED = "speculation_discarded"
SPECULATION_SAVED = "speculation_saved_ms"
SPECULATION_WASTED = "speculation_wasted_usd"
TURN_COST = "turn_cost_usd"
DEADLINE_LEFT = "deadline_left_ms"
DEGRADED = "degraded_turns"
SHORTFALL = "capacity_shortfall"
NOT_READY = "capacity_not_ready"
GENERAL = "general_turns"

UNITS: Mapping[str, Unit] = {
    MODEL_LATENCY: "Milliseconds",
    FIRST_TOKEN: "Milliseconds",
    INPUT_TOKENS: "Count",
    OUTPUT_TOKENS: "Count",
    CACHE_READ_TOKENS: "Count",
    CACHE_WRITE_TOKENS: "Count",
    STEP_LATENCY: "Milliseconds",
    FALLBACKS: "Count",
    WITHHELD: "Count",
    BREAKER_TRANSITIONS: "Count",
    HEDGES: "Count",
    TURNS: "Count",
    CONFIDENCE: "None",
    FOLLOW_UPS: "Count",
    HANDED_OVER: "Count",
    SPECULATION_USED: "Count",
    SPECULATION_DISCARDED: "Count",
    SPECULATION_SAVED: "Milliseconds",
    SPECULATION_WASTED: "None",
    TURN_COST: "None",
    DEADLINE_LEFT: "Milliseconds",
    DEGRADED: "Count",
    SHORTFALL: "Count",
    NOT_READY: "Count",
    GENERAL: "Count",
}


@dataclass(frozen=True)
class Family:
    """Metrics that share a log line, counted once for each set of dimensions; an empty set counts all together."""

    metrics: tuple[str, ...]
    dimensions: tuple[tuple[str, ...], ...]


_CALL = (MODEL_LATENCY, FIRST_TOKEN, INPUT_TOKENS, OUTPUT_TOKENS, CACHE_READ_TOKENS, CACHE_WRITE_TOKENS)
# Where the intent becomes known after the call, the sets are emitted apart: at the call, and when the turn is saved.
MODEL_CALL = Family(_CALL, (("model_name",), ("model_name", "intent")))
MODEL_CALL_BEFORE_INTENT = Family((MODEL_LATENCY,), (("model_name",),))
MODEL_CALL_OF_INTENT = Family((MODEL_LATENCY,), (("model_name", "intent"),))
STEP = Family((STEP_LATENCY,), (("step", "outcome"),))
FALLBACK = Family((FALLBACKS,), (("fallback",), ()))
WITHHELD_REPLY = Family((WITHHELD,), (("reason",),))
BREAKER = Family((BREAKER_TRANSITIONS,), (("model_name", "state"), ("state",)))
HEDGE = Family((HEDGES,), (("model_name", "winner"),))
TURN_OF_INTENT = Family(
    (
        TURNS,
        CONFIDENCE,
        FOLLOW_UPS,
        HANDED_OVER,
        SPECULATION_USED,
        SPECULATION_DISCARDED,
        SPECULATION_SAVED,
        SPECULATION_WASTED,
    ),
    (("intent",), ()),
)
CAPACITY_PLAN = Family((SHORTFALL,), ((),))
CAPACITY = Family((NOT_READY,), (("target",), ()))
TURN_OF_ROUTE = Family((TURN_COST, DEADLINE_LEFT, DEGRADED, GENERAL), (("route",), ()))

FAMILIES = (
    MODEL_CALL,
    MODEL_CALL_BEFORE_INTENT,
    MODEL_CALL_OF_INTENT,
    STEP,
    FALLBACK,
    WITHHELD_REPLY,
    BREAKER,
    HEDGE,
    TURN_OF_INTENT,
    TURN_OF_ROUTE,
    CAPACITY_PLAN,
    CAPACITY,
)


def dimension_sets(metric: str) -> frozenset[frozenset[str]]:
    """The sets of dimensions that a metric is emitted with, the service aside; empty for a metric that is not ours."""
    return frozenset(frozenset(names) for family in FAMILIES if metric in family.metrics for names in family.dimensions)
