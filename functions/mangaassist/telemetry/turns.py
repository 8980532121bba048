"""What a whole turn was: told once, by the step that saves it."""

from mangaassist.contracts import SaveTurnInput
from mangaassist.policy.speculation import speculation
from mangaassist.tables import intents
from mangaassist.telemetry import declared
from mangaassist.telemetry.emission import emit
from mangaassist.telemetry.models import record_model_of_intent
from mangaassist.telemetry.reliability import record_fallbacks

# The models that are called before the intent is known, by the name that the workflow gives their milliseconds.
CALLED_BEFORE_INTENT = {"embed_query": "embedding", "score_passages": "reranker"}


def record_turn(request: SaveTurnInput, *, now_ms: int, embedding_model_id: str) -> None:
    """Count the turn by intent and by route, with each fallback it took, as it is answered at `now_ms`.

    A turn that went wrong shows up here: a misunderstood one as `general`, as a follow-up or as a hand-over.
    """
    turn, reply = request.turn, request.reply
    record_fallbacks(reply.degraded, trace_id=turn.trace_id)
    emit(declared.TURN_OF_INTENT, _of_intent(request, embedding_model_id), {"intent": reply.intent}, turn.trace_id)
    emit(declared.TURN_OF_ROUTE, _of_route(request, now_ms), {"route": reply.route}, turn.trace_id)
    for part, model_name in CALLED_BEFORE_INTENT.items():
        if part in request.timings:
            record_model_of_intent(model_name, request.timings[part], intent=reply.intent, trace_id=turn.trace_id)


def _of_intent(request: SaveTurnInput, embedding_model_id: str) -> dict[str, float]:
    values: dict[str, float] = {
        declared.TURNS: 1,
        declared.FOLLOW_UPS: int(bool(request.turn.history)),
        declared.HANDED_OVER: int(request.reply.route == "handover"),
    }
    understanding = request.understanding
    if understanding is None:
        return values
    outcome = speculation(
        understanding,
        request.timings,
        request.reply.degraded,
        message=request.turn.message,
        embedding_model_id=embedding_model_id,
    )
    return values | {
        declared.CONFIDENCE: understanding.confidence,
        declared.SPECULATION_USED: int(outcome.used),
        declared.SPECULATION_DISCARDED: int(outcome.discarded),
        declared.SPECULATION_SAVED: outcome.saved_ms,
        declared.SPECULATION_WASTED: outcome.wasted_usd,
    }


def _of_route(request: SaveTurnInput, now_ms: int) -> dict[str, float]:
    values: dict[str, float] = {
        declared.TURN_COST: request.cost_usd,
        declared.DEGRADED: int(bool(request.reply.degraded)),
        declared.GENERAL: int(request.reply.intent == intents().fallback),
    }
    if request.turn.deadline_ms is not None:
        values[declared.DEADLINE_LEFT] = request.turn.deadline_ms - now_ms
    return values
