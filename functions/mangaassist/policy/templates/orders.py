"""Where an order is."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from mangaassist.contracts import Draft, Locale, Order, ReplyInput
from mangaassist.policy.templates.filling import day, fill
from mangaassist.tables import messages

# A Japanese keyboard gives the hyphen as a dash, a minus or a long-vowel mark.
_ORDER_ID = re.compile(r"\bMA[-‐–−ー]?(\d{4,12})(?!\d)", re.IGNORECASE | re.ASCII)
OPEN = ("shipped", "processing", "preordered")


def track(request: ReplyInput, _today: date) -> Draft:
    """The state of the order the customer means; says so when there is none, or none can be seen."""
    turn, customer = request.turn, request.gathered.customer
    if turn.customer_id is None:
        return _draft("guest", {}, turn.locale)
    if customer is None:
        return _draft("unavailable", {}, turn.locale)
    if not customer.orders:
        return _draft("none", {}, turn.locale)
    order = order_meant(turn.message, customer.orders)
    if order is None:
        return _draft("not_found", {"order_id": order_id_in(turn.message)}, turn.locale)
    return _draft(_text_name(order), _values(order, turn.locale), turn.locale)


def order_id_in(message: str) -> str | None:
    """The order number that a message gives, as the store writes it: "MA-48213"."""
    given = _ORDER_ID.search(unicodedata.normalize("NFKC", message))
    return f"MA-{given[1]}" if given else None


def order_meant(message: str, orders: Sequence[Order]) -> Order | None:
    """The order whose number the message gives, else the open one that comes first, else the newest."""
    given = order_id_in(message)
    if given:
        return next((order for order in orders if order.id == given), None)
    newest_first = sorted(orders, key=lambda order: order.placed_on, reverse=True)
    open_orders = [order for order in newest_first if order.status in OPEN]
    return min(open_orders, key=_arrival, default=next(iter(newest_first), None))


def _arrival(order: Order) -> str:
    """When an order is expected; one without a day comes after those with one."""
    return order.expected_on or "no day yet"


def _text_name(order: Order) -> str:
    undated = order.expected_on is None and order.status in ("processing", "preordered")
    return f"{order.status}_undated" if undated else order.status


def _values(order: Order, locale: Locale) -> dict[str, object | None]:
    return {
        "order_id": order.id,
        "placed_on": day(order.placed_on, locale),
        "expected_on": day(order.expected_on, locale),
        "delivered_on": day(order.delivered_on, locale),
        "carrier": order.carrier,
        "tracking_number": order.tracking_number,
    }


def _draft(name: str, values: dict[str, object | None], locale: Locale) -> Draft:
    return Draft(reply=fill(messages().order_tracking[name], locale, values), route="template")
