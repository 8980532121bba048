"""Hand over: give the conversation to a person, and the customer a ticket."""

from uuid import NAMESPACE_OID, uuid5

from mangaassist.aws.events import EventBus
from mangaassist.clock import TimeBudget
from mangaassist.contracts import Handover, HandOverInput
from mangaassist.policy.handover import handover_text
from mangaassist.settings import settings
from mangaassist.step import step


@step("hand_over", accepts=HandOverInput, services=["events"])
def handler(request: HandOverInput, budget: TimeBudget) -> Handover:
    turn = request.turn
    # Made of the trace id, so that a turn which is handed over twice has one ticket.
    ticket_id = f"T-{uuid5(NAMESPACE_OID, turn.trace_id).hex[:12].upper()}"
    event = {
        "ticket_id": ticket_id,
        "trace_id": turn.trace_id,
        "session_id": turn.session_id,
        "customer_id": turn.customer_id,
        "locale": turn.locale,
        "reason": request.reason,
    }
    EventBus(settings().event_bus).publish("HandoverRequested", event, budget_ms=budget.ms)
    return Handover(reply=handover_text(request, ticket_id), ticket_id=ticket_id)
