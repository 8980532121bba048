"""Catalogue, policies, customers and orders: rows of the right shape that refer to one another rightly."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from data.schemas import (
    Bestsellers,
    Customer,
    FaqEntry,
    Order,
    PolicyParagraph,
    Product,
    Row,
    Series,
    read_rows,
)

DATA = Path(__file__).parents[2] / "data"
TODAY = date(2026, 11, 23)
FILES: dict[str, tuple[type[Row], int]] = {
    "catalogue/series.jsonl": (Series, 300),
    "catalogue/products.jsonl": (Product, 1500),
    "policies/faq.jsonl": (FaqEntry, 60),
    "policies/policies.jsonl": (PolicyParagraph, 25),
    "customers/customers.jsonl": (Customer, 12),
    "customers/orders.jsonl": (Order, 40),
}
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def products() -> dict[str, Product]:
    return {product.id: product for product in read_rows(DATA / "catalogue/products.jsonl", Product)}


def faq() -> list[FaqEntry]:
    return list(read_rows(DATA / "policies/faq.jsonl", FaqEntry))


def policies() -> list[PolicyParagraph]:
    return list(read_rows(DATA / "policies/policies.jsonl", PolicyParagraph))


def customers() -> dict[str, Customer]:
    return {customer.id: customer for customer in read_rows(DATA / "customers/customers.jsonl", Customer)}


def orders() -> list[Order]:
    return list(read_rows(DATA / "customers/orders.jsonl", Order))


@pytest.mark.parametrize("name", FILES)
def test_given_a_file_when_read_then_its_rows_fit_and_no_id_comes_twice(name: str) -> None:
    row, at_least = FILES[name]
    ids = Counter(getattr(one, "id") for one in read_rows(DATA / name, row))  # noqa: B009  every row type here has one
    assert ids.total() >= at_least
    assert [twice for twice, times in ids.items() if times > 1] == []


def test_given_products_when_looked_up_then_each_belongs_to_a_series() -> None:
    series = {one.id for one in read_rows(DATA / "catalogue/series.jsonl", Series)}
    assert {product.series_id for product in products().values()} <= series


def test_given_products_not_yet_out_when_read_then_none_is_in_stock() -> None:
    assert [
        one.id for one in products().values() if one.release_date > TODAY and one.stock and one.kind != "digital"
    ] == []


def test_given_faq_and_policies_when_read_together_then_their_ids_differ() -> None:
    assert {entry.id for entry in faq()}.isdisjoint(paragraph.id for paragraph in policies())


def test_given_faq_questions_when_compared_then_none_is_asked_twice() -> None:
    asked = Counter(
        question.casefold()
        for entry in faq()
        for question in (entry.question.en, entry.question.ja, *entry.other_questions.en, *entry.other_questions.ja)
    )
    assert [question for question, times in asked.items() if times > 1] == []


def test_given_faq_answers_when_compared_then_each_is_its_own() -> None:
    answers = Counter(text for entry in faq() for text in (entry.answer.en, entry.answer.ja))
    assert max(answers.values()) == 1


@pytest.mark.parametrize("language", ["en", "ja"])
def test_given_texts_of_a_language_when_read_then_they_are_in_it(language: str) -> None:
    texts = [getattr(entry.answer, language) for entry in faq()]
    texts += [getattr(paragraph.text, language) for paragraph in policies()]
    assert {bool(JAPANESE.search(text)) for text in texts} == {language == "ja"}


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


def test_given_customers_when_read_then_their_recommendations_are_sold() -> None:
    assert {item for one in customers().values() for item in one.recommendations} <= products().keys()


def test_given_orders_when_read_then_customers_and_products_exist() -> None:
    assert {order.customer_id for order in orders()} <= customers().keys()
    assert {item.product_id for order in orders() for item in order.items} <= products().keys()


def test_given_orders_when_read_then_every_status_and_currency_occurs() -> None:
    assert {order.status for order in orders()} == {"processing", "shipped", "delivered", "cancelled", "preordered"}
    assert {order.total.currency for order in orders()} == {"JPY", "USD"}
    assert any(len(order.items) > 1 for order in orders())


def test_given_orders_when_dated_then_only_pre_orders_hold_books_to_come() -> None:
    sold = products()
    to_come = {
        order.id for order in orders() if any(sold[item.product_id].release_date > TODAY for item in order.items)
    }
    assert to_come == {order.id for order in orders() if order.status == "preordered"}
    assert [order.id for order in orders() if order.placed_on > TODAY] == []


def test_given_an_order_when_totalled_then_the_currency_is_that_of_the_region() -> None:
    region = {one.id: one.region for one in customers().values()}
    assert {(region[order.customer_id][:2] == "JP", order.total.currency) for order in orders()} == {
        (True, "JPY"),
        (False, "USD"),
    }


def test_given_the_minor_when_orders_are_read_then_no_mature_title_is_among_them() -> None:
    mature = {one.id for one in read_rows(DATA / "catalogue/series.jsonl", Series) if one.age_rating == "mature"}
    sold = products()
    bought = {item.product_id for order in orders() if order.customer_id == "cust-kenji" for item in order.items}
    seen = bought | set(customers()["cust-kenji"].recommendations)
    assert {sold[item].series_id for item in seen}.isdisjoint(mature)


def test_given_bestsellers_when_read_then_each_can_be_bought() -> None:
    sold = products()
    best = Bestsellers.model_validate_json((DATA / "customers/bestsellers.json").read_text(encoding="utf-8"))
    assert [item for item in best.product_ids if item not in sold or sold[item].stock == 0] == []
