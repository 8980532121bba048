from datetime import date
from typing import Any

import pytest

from mangaassist.contracts import Customer, Gathered
from mangaassist.errors import TemplateDataMissingError
from mangaassist.policy.templates import compose
from mangaassist.policy.templates.orders import order_id_in, order_meant
from tests.unit.builders import order, orders_of, product, reply_input

TODAY = date(2026, 11, 23)


def tracked(gathered: Gathered, message: str = "where is my order?", **turn_fields: object) -> str:
    request = reply_input(message, "order_tracking", gathered=gathered, **{"customer_id": "cust-ben", **turn_fields})
    return compose(request, TODAY).reply


def test_of_several_open_orders_the_next_to_come_is_meant() -> None:
    preordered = order("MA-10003", placed_on="2026-11-22", status="preordered", expected_on="2027-02-01")
    undated = order("MA-10004", placed_on="2026-11-21", status="processing", expected_on=None)
    soon = order("MA-10005", placed_on="2026-11-18", expected_on="2026-11-25")

    assert order_meant("where is my order?", [preordered, undated, soon]) == soon
    assert order_meant("where is my order?", [undated]) == undated


def test_a_shipped_order_is_tracked_with_carrier_number_and_day() -> None:
    reply = tracked(orders_of(order()))

    assert "MA-48213" in reply
    assert "UPS (tracking number 1Z999)" in reply
    assert "November 25, 2026" in reply


def test_dates_are_written_as_the_language_does() -> None:
    assert "2026年11月25日" in tracked(orders_of(order()), "注文はどこですか", locale="ja")


@pytest.mark.parametrize(
    ("status", "fields", "expected"),
    [
        ("processing", {}, "being prepared. We expect"),
        ("processing", {"expected_on": None}, "e-mail you when it ships"),
        ("delivered", {"delivered_on": "2026-11-20"}, "was delivered on November 20, 2026"),
        ("cancelled", {}, "was cancelled"),
        ("preordered", {}, "pre-order MA-48213 is confirmed. We expect"),
        ("preordered", {"expected_on": None}, "ships as soon as it is released"),
    ],
)
def test_every_state_of_an_order_has_its_text(status: str, fields: dict[str, str], expected: str) -> None:
    assert expected in tracked(orders_of(order(status=status, **fields)))


def test_a_guest_is_asked_to_sign_in() -> None:
    assert "sign in" in tracked(Gathered(customer=Customer()), customer_id=None)


def test_orders_that_cannot_be_seen_are_not_denied() -> None:
    assert "can't see your orders at the moment" in tracked(Gathered(customer=None))
    assert "don't see any orders" in tracked(Gathered(customer=Customer()))


def test_a_text_whose_value_is_missing_is_left_to_the_language_model() -> None:
    with pytest.raises(TemplateDataMissingError, match="tracking_number"):
        tracked(orders_of(order(tracking_number=None)))


def test_the_order_that_is_named_is_the_one_meant_and_never_another() -> None:
    orders = [order("MA-10001", placed_on="2026-10-01", status="delivered"), order("MA-10002")]

    assert order_meant("what about ma-10001?", orders) == orders[0]
    assert order_meant("MA-99999", orders) is None
    assert order_meant("where is my order", orders) == orders[1]
    assert order_meant("where is my order", orders[:1]) == orders[0]


@pytest.mark.parametrize("message", ["ＭＡ－４８２１３はどこ", "注文ma48213は？", "MAー48213", "MA-48213?"])
def test_an_order_number_is_read_however_it_is_typed(message: str) -> None:
    assert order_id_in(message) == "MA-48213"


@pytest.mark.parametrize("message", ["MA-8213", "MA-148213", "MA-4821"])
def test_a_part_of_an_order_number_is_another_number(message: str) -> None:
    assert order_meant(message, [order("MA-48213")]) is None


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en", "I don't see an order MA-99999 on your account"),
        ("ja", "ご注文MA-99999は、お客様のアカウントに見つかりません"),
    ],
)
def test_an_order_that_is_not_the_customers_is_named_and_their_own_are_not_denied(locale: str, expected: str) -> None:
    assert expected in tracked(orders_of(order()), "MA-99999", locale=locale)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "$11.99 and in stock"),
        ({"stock": 2}, "only 2 left"),
        ({"stock": 0}, "out of stock"),
        ({"stock": 0, "release_date": "2026-12-08"}, "comes out on December 8, 2026"),
    ],
)
def test_price_and_stock_of_the_product_that_is_meant(fields: dict[str, Any], expected: str) -> None:
    gathered = Gathered(products=[product(**fields)])

    draft = compose(reply_input("how much is it?", "price_availability", gathered=gathered), TODAY)

    assert expected in draft.reply
    assert [(line.id, line.price, line.currency) for line in draft.products] == [("one-piece-110-en", "11.99", "USD")]


def test_a_japanese_customer_reads_yen() -> None:
    gathered = Gathered(products=[product()])

    draft = compose(reply_input("いくら？", "price_availability", gathered=gathered, locale="ja"), TODAY)

    assert "¥1,760" in draft.reply
    assert draft.products[0].currency == "JPY"


def test_the_next_release_is_the_earliest_to_come_else_the_newest_that_came() -> None:
    past, soon, later = (
        product(f"one-piece-{volume}-en", volume=volume, release_date=day)
        for volume, day in [(110, "2025-08-05"), (111, "2026-12-08"), (112, "2027-03-02")]
    )

    upcoming = compose(
        reply_input("when is it out?", "release_date", gathered=Gathered(products=[later, past, soon])), TODAY
    )
    released = compose(reply_input("when is it out?", "release_date", gathered=Gathered(products=[past])), TODAY)

    assert "December 8, 2026" in upcoming.reply
    assert "came out on August 5, 2025. I have no date for the next volume in English yet." in released.reply


@pytest.mark.parametrize(
    ("message", "fields", "turn_fields"),
    [
        ("When did vol. 109 come out?", {"volume": 109}, {}),
        ("When did One Piece 109 come out?", {"volume": 109}, {}),
        ("When did the box set come out?", {"volume": None, "kind": "box_set"}, {}),
        ("When did this come out?", {}, {"viewing": "one-piece-110-en"}),
    ],
)
def test_nothing_is_said_of_the_next_volume_when_only_one_is_known(
    message: str, fields: dict[str, Any], turn_fields: dict[str, Any]
) -> None:
    gathered = Gathered(products=[product(**fields)])

    draft = compose(reply_input(message, "release_date", gathered=gathered, **turn_fields), TODAY)

    assert draft.reply.endswith("came out on August 5, 2025.")


@pytest.mark.parametrize("intent", ["price_availability", "release_date", "recommendation"])
def test_without_a_product_or_a_template_the_language_model_answers(intent: str) -> None:
    with pytest.raises(TemplateDataMissingError):
        compose(reply_input("how much?", intent), TODAY)


@pytest.mark.parametrize(
    ("message", "locale", "expected"),
    [
        ("Hi!!", "en", "Hello!"),
        ("THANK YOU so much :)", "en", "You're welcome"),
        ("ありがとうございます！", "ja", "どういたしまして"),
        ("おやすみ〜", "ja", "またのご利用"),
    ],
)
def test_small_talk_is_answered_without_a_model(message: str, locale: str, expected: str) -> None:
    assert expected in compose(reply_input(message, "chitchat", locale=locale), TODAY).reply


def test_small_talk_with_anything_else_in_it_is_not() -> None:
    with pytest.raises(TemplateDataMissingError):
        compose(reply_input("hi, who wrote Nana?", "chitchat"), TODAY)
