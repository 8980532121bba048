"""Catalogue, policies, customers and orders: what they say agrees and covers what can happen."""

import re
from decimal import Decimal

from data.files import CUSTOMERS, DATA, FAQ, ORDERS, POLICIES, PRODUCTS, SERIES
from data.schemas import Customer, FaqEntry, Order, PolicyParagraph, Product, Series, read_rows

# Fee, and from which amount there is none, by region; a parcel within Japan may go to a remote island.
SHIPPING: dict[str, list[tuple[Decimal, int | None]]] = {
    "US": [(Decimal("4.99"), 35)],
    "US, from Japan": [(Decimal("11.99"), 90)],
    "US-AK": [(Decimal("9.99"), 75)],
    "US-HI": [(Decimal("8.99"), 60)],
    "CA": [(Decimal("14.99"), 100)],
    "GB": [(Decimal("24.99"), None)],
    "JP": [(Decimal(350), 3500), (Decimal(1480), None)],
    "JP-01": [(Decimal(550), 5000)],
    "JP-47": [(Decimal(980), 8000)],
}
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def products() -> dict[str, Product]:
    return {product.id: product for product in read_rows(DATA / PRODUCTS, Product)}


def faq() -> list[FaqEntry]:
    return list(read_rows(DATA / FAQ, FaqEntry))


def policies() -> list[PolicyParagraph]:
    return list(read_rows(DATA / POLICIES, PolicyParagraph))


def customers() -> dict[str, Customer]:
    return {customer.id: customer for customer in read_rows(DATA / CUSTOMERS, Customer)}


def orders() -> list[Order]:
    return list(read_rows(DATA / ORDERS, Order))


def test_given_policy_paragraphs_when_counted_then_they_are_neither_terse_nor_long() -> None:
    words = {paragraph.id: len(paragraph.text.en.split()) for paragraph in policies()}
    assert {name: count for name, count in words.items() if not 40 <= count <= 120} == {}


def test_given_both_languages_of_an_answer_when_compared_then_dollars_agree() -> None:
    def dollars(text: str, pattern: str) -> set[str]:
        return set(re.findall(pattern, text))

    differing = {
        entry.id
        for entry in faq()
        if not dollars(entry.answer.ja, r"(\d+(?:\.\d+)?)(?:米)?ドル")
        <= dollars(entry.answer.en, r"\$(\d+(?:\.\d+)?)") | set(NUMBER.findall(entry.answer.en))
    }
    assert differing == set()


def test_given_orders_when_read_then_every_status_and_currency_occurs() -> None:
    assert {order.status for order in orders()} == {"processing", "shipped", "delivered", "cancelled", "preordered"}
    assert {order.total.currency for order in orders()} == {"JPY", "USD"}
    assert any(len(order.items) > 1 for order in orders())


def test_given_the_minor_when_orders_are_read_then_no_mature_title_is_among_them() -> None:
    mature = {one.id for one in read_rows(DATA / SERIES, Series) if one.age_rating == "mature"}
    sold = products()
    bought = {item.product_id for order in orders() if order.customer_id == "cust-kenji" for item in order.items}
    seen = bought | set(customers()["cust-kenji"].recommendations)
    assert {sold[item].series_id for item in seen}.isdisjoint(mature)


def test_given_an_order_when_added_up_then_it_is_goods_and_shipping_by_the_policies() -> None:
    sold = products()
    region = {one.id: one.region for one in customers().values()}
    for order in orders():
        lines = [(sold[item.product_id], item.quantity) for item in order.items]
        yen = order.total.currency == "JPY"
        goods = sum((Decimal(one.price.jpy) if yen else one.price.usd) * quantity for one, quantity in lines)
        where = region[order.customer_id]
        if where == "US" and all(one.language == "ja" for one, _ in lines):
            where = "US, from Japan"
        paper = any(one.kind != "digital" for one, _ in lines)
        zones = SHIPPING[where] if paper else [(Decimal(0), None)]
        fees = {fee if free_from is None or goods < free_from else Decimal(0) for fee, free_from in zones}
        assert order.total.amount - goods in fees, order.id
