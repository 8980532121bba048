"""Customers in DynamoDB: profile, orders and recommendations under one key."""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from mangaassist.aws.tables import Item, get_items, query_items
from mangaassist.contracts import Customer, Order, Profile
from mangaassist.errors import TableError

PROFILE = "PROFILE"
ORDER_PREFIX = "ORDER#"
RECOMMENDATIONS = {"item": "RECOMMENDATIONS"}
BESTSELLERS = {"customer_id": "*", "item": "BESTSELLERS"}
# A turn is handed from state to state, within 256 KiB in all.
ORDERS_KEPT = 20
KEY = ("customer_id", "item")


@dataclass(frozen=True)
class Customers:
    table: str

    def load(self, customer_id: str, *, budget_ms: int) -> Customer:
        """A customer's profile and orders; both empty for one the store does not know.

        Raises TableError, TableTimeoutError.
        """
        values = {":customer": customer_id}
        items = query_items(self.table, "customer_id = :customer", values, budget_ms=budget_ms)
        try:
            return _customer(items)
        except ValidationError as error:
            raise TableError("the customer's items are not a profile and orders") from error

    def recommended(self, customer_id: str | None, *, budget_ms: int) -> list[str]:
        """The ids of products recommended to a customer, else of the bestsellers.

        Raises TableError, TableTimeoutError.
        """
        own = [{"customer_id": customer_id, **RECOMMENDATIONS}] if customer_id else []
        items = get_items(self.table, [*own, BESTSELLERS], budget_ms=budget_ms)
        personal_first = sorted(items, key=lambda item: str(item["customer_id"]) == BESTSELLERS["customer_id"])
        return next((list(item["product_ids"]) for item in personal_first if item["product_ids"]), [])


def _customer(items: list[Item]) -> Customer:
    profiles = [Profile.model_validate(_fields(item)) for item in items if item["item"] == PROFILE]
    orders = [
        Order.model_validate({"id": item["item"].removeprefix(ORDER_PREFIX), **_fields(item)})
        for item in items
        if item["item"].startswith(ORDER_PREFIX)
    ]
    newest_first = sorted(orders, key=lambda order: order.placed_on, reverse=True)
    return Customer(profile=next(iter(profiles), None), orders=newest_first[:ORDERS_KEPT])


def _fields(item: Item) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in KEY}
