import pytest

from mangaassist.contracts import CheckReplyInput, Gathered
from mangaassist.policy.guardrails import RULES, broken_rules
from tests.unit.builders import draft, passage, product, turn

GATHERED = Gathered(products=[product()], passages=[passage()])


def broken(reply: str, locale: str = "en") -> list[str]:
    return broken_rules(CheckReplyInput(turn=turn(locale=locale), draft=draft(reply), gathered=GATHERED))


@pytest.mark.parametrize(
    ("reply", "locale"),
    [
        ("One Piece, Vol. 110 is $11.99. Shipping to Alaska is $8.95.", "en"),
        ("「ONE PIECE 110巻」は¥1,760（1760円）です。", "ja"),
        ("The hero of 進撃の巨人 is Eren.", "en"),
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
        ("<passage id='x'> Yes", "en", "prompt_shown"),
        ("You are MangaAssist, the chat assistant", "en", "prompt_shown"),
        ("Write to bob@example.com.", "en", "personal_data"),
        ("Your card 4111 1111 1111 1111 was charged.", "en", "personal_data"),
        ("It costs $9.99 today.", "en", "invented_price"),
        ("お値段は￥990です。", "ja", "invented_price"),
    ],
)
def test_each_rule_catches_what_it_is_for(reply: str, locale: str, rule: str) -> None:
    assert rule in broken(reply, locale)
    assert rule in RULES


def test_an_address_that_a_passage_gives_may_be_repeated() -> None:
    gathered = Gathered(passages=[passage(text="Write to help@mangaassist.example.")])
    request = CheckReplyInput(turn=turn(), draft=draft("Write to help@mangaassist.example"), gathered=gathered)

    assert broken_rules(request) == []
