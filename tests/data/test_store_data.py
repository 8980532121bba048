"""Catalogue, policies, customers and orders: what they say agrees and covers what can happen."""

import re

from data.files import CUSTOMERS, DATA, FAQ, ORDERS, POLICIES, PRODUCTS, SERIES
from data.schemas import Customer, FaqEntry, Order, PolicyParagraph, Product, Series, read_rows

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
