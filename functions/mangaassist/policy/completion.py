"""What the world is told of a turn that is complete."""

from typing import Any

from mangaassist.contracts import SaveTurnInput
from mangaassist.policy.prompt import PROMPT_VERSION


def turn_completed(request: SaveTurnInput) -> dict[str, Any]:
    """The detail of TurnCompleted: none of the customer's words. Delivered at least once; `trace_id` tells copies."""
    turn, reply = request.turn, request.reply
    return {
        "trace_id": turn.trace_id,
        "session_id": turn.session_id,
        "turn_id": turn.turn_id,
        "locale": turn.locale,
        "intent": reply.intent,
        "route": reply.route,
        "degraded": reply.degraded,
        "cost_usd": request.cost_usd,
        "model_id": request.model_id,
        "index": request.index,
        "prompt_version": PROMPT_VERSION,
    }
