"""Save turn: keep the answer in the session, and publish that the turn is complete."""

from mangaassist.aws.events import EventBus
from mangaassist.aws.sessions import Sessions
from mangaassist.clock import TimeBudget, now_ms
from mangaassist.contracts import Saved, SaveTurnInput
from mangaassist.policy.prompt import PROMPT_VERSION
from mangaassist.settings import settings
from mangaassist.step import step
from mangaassist.telemetry import record_turn


@step("save_turn", accepts=SaveTurnInput, services=["dynamodb", "events"])
def handler(request: SaveTurnInput, budget: TimeBudget) -> Saved:
    turn, reply = request.turn, request.reply
    record_turn(request, now_ms=now_ms(), embedding_model_id=settings().embedding_model_id)
    sessions = Sessions(settings().sessions_table)
    sessions.save(turn, reply, request.cost_usd, now_s=now_ms() // 1000, budget_ms=budget.ms)
    event = {
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
    EventBus(settings().event_bus).publish("TurnCompleted", event, budget_ms=budget.ms)
    return Saved()
