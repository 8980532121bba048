"""What a customer is told when a person takes over."""

from mangaassist.contracts import HandOverInput
from mangaassist.policy.templates.orders import order_id_in, order_meant
from mangaassist.tables import messages

UNANSWERED = "unanswered"


def handover_text(request: HandOverInput, ticket_id: str) -> str:
    """The text for a reason: an intent that asks for a person has its own, every failed step the same."""
    texts = messages().handover
    order_id = _order_named(request)
    name = request.reason if request.reason in texts else UNANSWERED
    if order_id and f"{name}_of" in texts:
        name = f"{name}_of"
    return texts[name].of(request.turn.locale).format(ticket_id=ticket_id, order_id=order_id)


def _order_named(request: HandOverInput) -> str | None:
    """The order that the message gives the number of, when it is the customer's."""
    customer = request.gathered.customer
    if customer is None or order_id_in(request.turn.message) is None:
        return None
    order = order_meant(request.turn.message, customer.orders)
    return order.id if order else None
