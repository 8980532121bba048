"""The adapters that read tables against both stores."""

from typing import Any

import pytest

from mangaassist.aws.catalogue import Catalogue
from mangaassist.aws.customers import Customers
from mangaassist.aws.tables import get_items, query_items, serialized
from mangaassist.errors import TableError
from tests.contract.conftest import PATIENCE_MS
from tests.handlers.test_stores import BESTSELLERS, product

CATALOGUE, CUSTOMERS = Catalogue("catalogue"), Customers("customers")
PROFILE = {"customer_id": "cust-ben", "item": "PROFILE", "name": "Ben", "locale": "en", "region": "US"}


def put(dynamodb: Any, table: str, *items: dict[str, Any]) -> None:
    for item in items:
        dynamodb.put_item(TableName=table, Item=serialized(item))


def order(number: int) -> dict[str, Any]:
    return {
        "customer_id": "cust-ben",
        "item": f"ORDER#{number:02d}",
        "placed_on": f"2026-10-{number:02d}",
        "status": "delivered",
        "items": [{"product_id": "nana-1-en", "quantity": 1}],
        "total": {"currency": "USD", "amount": "9.99"},
    }


def test_given_products_when_asked_for_by_id_then_they_come_once_each_in_the_order_asked(dynamodb: Any) -> None:
    put(dynamodb, "catalogue", *(product(f"nana-{number}-en") for number in range(3)))

    found = CATALOGUE.products(["nana-2-en", "gone", "nana-0-en", "nana-2-en"], budget_ms=PATIENCE_MS)

    assert [one.id for one in found] == ["nana-2-en", "nana-0-en"]
    assert str(found[0].price.usd) == "9.99"


def test_given_a_hundred_products_and_one_when_all_are_asked_for_then_a_hundred_come(dynamodb: Any) -> None:
    put(dynamodb, "catalogue", *({"product_id": f"p-{number}"} for number in range(101)))

    keys = [{"product_id": f"p-{number}"} for number in range(101)]

    assert len(get_items("catalogue", keys, budget_ms=PATIENCE_MS)) == 100


def test_given_no_keys_when_items_are_asked_for_then_nothing_is_asked(dynamodb: Any) -> None:
    assert get_items("no-such-table", [], budget_ms=PATIENCE_MS) == []


def test_given_no_table_when_items_are_asked_for_then_it_is_a_table_error(dynamodb: Any) -> None:
    with pytest.raises(TableError, match="ResourceNotFoundException"):
        get_items("no-such-table", [{"product_id": "p"}], budget_ms=PATIENCE_MS)


def test_given_a_customer_when_loaded_then_the_profile_and_the_newest_orders_come(dynamodb: Any) -> None:
    put(dynamodb, "customers", PROFILE, *(order(number) for number in range(1, 25)))
    put(dynamodb, "customers", {**order(1), "customer_id": "cust-ben-jr"})

    customer = CUSTOMERS.load("cust-ben", budget_ms=PATIENCE_MS)

    assert customer.profile is not None
    assert [one.id for one in customer.orders] == [f"{number:02d}" for number in range(24, 4, -1)]


def test_given_recommendations_when_asked_for_then_the_customers_own_come_before_bestsellers(dynamodb: Any) -> None:
    own = {"customer_id": "cust-ben", "item": "RECOMMENDATIONS", "product_ids": ["monster-1-en"]}
    put(dynamodb, "customers", BESTSELLERS, own)

    assert CUSTOMERS.recommended("cust-ben", budget_ms=PATIENCE_MS) == ["monster-1-en"]
    assert CUSTOMERS.recommended(None, budget_ms=PATIENCE_MS) == BESTSELLERS["product_ids"]


def test_given_items_of_every_type_when_they_are_read_then_they_are_as_they_were_put(dynamodb: Any) -> None:
    item = {
        "customer_id": "cust-ben",
        "item": "X",
        "text": "漫画 ''\"",
        "empty": "",
        "nothing": None,
        "yes": True,
        "list": [1, "two", {"three": [False]}],
        "words": {"b", "a"},
    }
    put(dynamodb, "customers", item)

    assert query_items("customers", "customer_id = :c", {":c": "cust-ben"}, budget_ms=PATIENCE_MS) == [item]
