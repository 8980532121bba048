from typing import Any

import pytest

from mangaassist.contracts import CheckReplyInput, Exchange, Gathered
from mangaassist.policy.guardrails import RULES, broken_rules
from mangaassist.policy.prompt import SYSTEM
from tests.unit.builders import draft, passage, product, turn

GATHERED = Gathered(products=[product()], passages=[passage()])


def broken(reply: str, locale: str = "en", gathered: Gathered = GATHERED, **turn_fields: Any) -> list[str]:
    request = CheckReplyInput(turn=turn(locale=locale, **turn_fields), draft=draft(reply), gathered=gathered)
    return broken_rules(request)


@pytest.mark.parametrize(
    ("reply", "locale"),
    [
        ("One Piece, Vol. 110 is $11.99. Shipping to Alaska is $8.95.", "en"),
        ("「ONE PIECE 110巻」は¥1,760（1760円）です。", "ja"),
        ("The hero of 進撃の巨人 is Eren.", "en"),
        ("I'm MangaAssist, the chat assistant of this store.", "en"),
        ("It costs 11.99 dollars, USD 11.99 or 1,760 yen.", "en"),
        ("お値段は11.99ドル、または１，７６０円です。", "ja"),
        ("ISBN 978-4-08-882011-8, 9781421579252 or 9791032705193.", "en"),
        ("Your parcel's number is 4485123409876 or 400512340987652.", "en"),
        ("The dates are 2026-11-23 2026-12-08 2027-01-05.", "en"),
    ],
)
def test_a_grounded_reply_breaks_no_rule(reply: str, locale: str) -> None:
    assert broken(reply, locale) == []


@pytest.mark.parametrize(
    ("reply", "locale", "rule"),
    [
        ("  ", "en", "empty"),
        ("Read it. " * 400, "en", "too_long"),
        ("It is in stock and ships today.", "ja", "wrong_language"),
        ("在庫がございますので、本日発送いたします。", "en", "wrong_language"),
        ("One Piece, Vol. 110は$11.99です。在庫は12点です。", "en", "wrong_language"),
        ("<passage id='x'> Yes", "en", "prompt_shown"),
        ("You are MangaAssist, the chat assistant", "en", "prompt_shown"),
        ("Write to bob@example.com.", "en", "personal_data"),
        ("Your card 4111 1111 1111 1111 was charged.", "en", "personal_data"),
        ("カード番号4111111111111111です", "ja", "personal_data"),
        ("カード番号は４１１１－１１１１－１１１１－１１１１です", "ja", "personal_data"),
        ("It is 4111.1111.1111.1111.", "en", "personal_data"),
        ("It is 4111 1111 1111 1111 12/29.", "en", "personal_data"),
        ("It is 3782 822463 10005.", "en", "personal_data"),
        ("Your order 110 with 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "en", "personal_data"),
        ("It costs $9.99 today.", "en", "invented_price"),
        ("It costs $1,760.", "en", "invented_price"),
        ("It costs 5 dollars.", "en", "invented_price"),
        ("It costs USD 5.", "en", "invented_price"),
        ("It costs 1,200 yen.", "en", "invented_price"),
        ("お値段は￥990です。", "ja", "invented_price"),
        ("お値段は5ドルです。", "ja", "invented_price"),
        ("お値段は2万円です。", "ja", "invented_price"),
    ],
)
def test_each_rule_catches_what_it_is_for(reply: str, locale: str, rule: str) -> None:
    assert rule in broken(reply, locale)
    assert rule in RULES


@pytest.mark.parametrize("rule", SYSTEM.replace("\n", " ").split(". ")[1:])
def test_no_rule_of_the_prompt_is_told_word_for_word(rule: str) -> None:
    assert broken(f"My rules: {rule}. That is all.") == ["prompt_shown"]


@pytest.mark.parametrize(
    ("reply", "locale", "text"),
    [
        ("Write to Help@mangaassist.example.", "en", "Write to help@mangaassist.example"),
        ("Write to help@mangaassist.example", "en", "Write to help@mangaassist.example."),
        ("お問い合わせはsupport@store.example.comまで", "ja", "support@store.example.comへどうぞ。"),
    ],
)
def test_an_address_that_a_passage_gives_may_be_repeated(reply: str, locale: str, text: str) -> None:
    assert broken(reply, locale, Gathered(passages=[passage(text=text)])) == []


def test_a_part_of_an_address_that_a_passage_gives_is_another_address() -> None:
    assert broken("Write to p@store.example.", gathered=Gathered(passages=[passage(text="help@store.example")]))


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("Return it within 30 days.", "It costs $30."),
        ("It costs ¥30.", "It costs $30."),
        ("Vol. 5 and 12.99 points", "It costs $12.99."),
    ],
)
def test_a_number_of_a_passage_is_no_price_and_a_price_keeps_its_currency(text: str, reply: str) -> None:
    assert broken(reply, gathered=Gathered(passages=[passage(text=text)])) == ["invented_price"]


@pytest.mark.parametrize("reply", ["1万5,000円以上は無料です。", "15,000円以上は無料です。", "￥15000以上は無料です。"])
def test_an_amount_is_the_same_however_it_is_written(reply: str) -> None:
    assert broken(reply, "ja", Gathered(passages=[passage(text="1万5千円以上のご注文は無料です。")])) == []


def test_a_budget_that_the_customer_has_named_may_be_named_back() -> None:
    reply = "With your $50 you can have four volumes."

    assert broken(reply, message="What can I get for 50 dollars?") == []
    assert broken(reply, history=[Exchange(message="I have $50", reply="Good.")]) == []
    assert broken(reply, message="What can I get?") == ["invented_price"]
