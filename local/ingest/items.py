"""DynamoDB items of the catalogue and customers tables, from data/."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from data.schemas import Bestsellers, Customer, Order, Product, Row, read_rows

Item = dict[str, Any]


def catalogue_items(data: Path) -> Iterator[Item]:
    """One item a product, its id as `product_id`."""
    for product in read_rows(data / "catalogue" / "products.jsonl", Product):
        yield {"product_id": product.id, **_fields(product, "id")}


def customer_items(data: Path) -> Iterator[Item]:
    """Profiles, recommendations and orders of every customer, and the bestsellers under the customer "*"."""
    for customer in read_rows(data / "customers" / "customers.jsonl", Customer):
        key = {"customer_id": customer.id}
        yield {**key, "item": "PROFILE", **_fields(customer, "id", "recommendations")}
        yield {**key, "item": "RECOMMENDATIONS", "product_ids": customer.recommendations}
    for order in read_rows(data / "customers" / "orders.jsonl", Order):
        yield {"customer_id": order.customer_id, "item": f"ORDER#{order.id}", **_fields(order, "id", "customer_id")}
    bestsellers = Bestsellers.model_validate_json((data / "customers" / "bestsellers.json").read_bytes())
    yield {"customer_id": "*", "item": "BESTSELLERS", "product_ids": bestsellers.product_ids}


def _fields(row: Row, *without: str) -> Item:
    """Dates and money as text, which is exact."""
    return row.model_dump(mode="json", exclude=set(without))
