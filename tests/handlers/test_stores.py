from decimal import Decimal
from typing import Any

import pytest

from load_customer.handler import handler as load_customer
from mangaassist.errors import ContractError, TableError
from recommend_products.handler import handler as recommend_products
from tests.handlers.conftest import Lambda
from tests.unit.builders import turn

BESTSELLERS = {"customer_id": "*", "item": "BESTSELLERS", "product_ids": ["nana-1-en", "gone-1-en"]}


def put(aws: Any, table: str, *items: dict[str, Any]) -> None:
    for item in items:
        aws.resource("dynamodb").Table(table).put_item(Item=item)


def event(**fields: Any) -> dict[str, Any]:
    return {"turn": turn(**fields).model_dump(mode="json", exclude_none=True)}


def product(product_id: str) -> dict[str, Any]:
    return {
        "product_id": product_id,
        "series_id": "nana",
        "title": {"en": "Nana, Vol. 1", "ja": "NANA 1巻（英語版）"},
        "volume": 1,
        "kind": "volume",
        "language": "en",
        "price": {"usd": Decimal("9.99"), "jpy": 1400},
        "stock": 3,
        "release_date": "2005-12-06",
    }


def test_a_customer_comes_with_profile_and_orders(aws: Any, context: Lambda) -> None:
    put(
        aws,
        "customers",
        {"customer_id": "cust-ben", "item": "PROFILE", "name": "Ben", "locale": "en", "region": "US"},
        {
            "customer_id": "cust-ben",
            "item": "ORDER#MA-48213",
            "placed_on": "2026-11-18",
            "status": "processing",
            "items": [{"product_id": "nana-1-en", "quantity": 2}],
            "total": {"currency": "USD", "amount": "19.98"},
        },
    )

    customer = load_customer(event(customer_id="cust-ben"), context)

    assert customer["profile"]["name"] == "Ben"
    assert [order["id"] for order in customer["orders"]] == ["MA-48213"]


def test_a_customer_whom_the_store_does_not_know_has_nothing(aws: Any, context: Lambda) -> None:
    assert load_customer(event(customer_id="cust-nobody"), context)["orders"] == []


def test_an_item_that_is_no_profile_is_an_error_and_not_a_customer(aws: Any, context: Lambda) -> None:
    put(aws, "customers", {"customer_id": "cust-ben", "item": "PROFILE", "name": "Ben"})

    with pytest.raises(TableError, match="not a profile"):
        load_customer(event(customer_id="cust-ben"), context)


def test_a_customer_gets_personal_recommendations_and_a_guest_bestsellers(aws: Any, context: Lambda) -> None:
    personal = {"customer_id": "cust-ben", "item": "RECOMMENDATIONS", "product_ids": ["monster-1-en"]}
    put(aws, "customers", BESTSELLERS, personal)
    put(aws, "catalogue", product("nana-1-en"), {**product("monster-1-en"), "series_id": "monster"})

    def recommended(**fields: Any) -> list[str]:
        return [item["id"] for item in recommend_products(event(**fields), context)["products"]]

    assert recommended(customer_id="cust-ben") == ["monster-1-en"]
    assert recommended() == ["nana-1-en"]
    assert recommended(customer_id="cust-new") == ["nana-1-en"]


def test_an_input_that_breaks_the_contract_is_named(aws: Any, context: Lambda) -> None:
    with pytest.raises(ContractError, match=r"turn\.message: Field required"):
        load_customer({"turn": {"trace_id": "t"}}, context)
