"""What the system is measured with: languages and kinds in good proportion, independent of what is measured."""

import re
from collections import Counter

import pytest

from data.files import ATTACKS, DATA, FAQ, FILES, INNOCENT, PAIRS, PRODUCTS, QUERIES, TURNS
from data.schemas import (
    Attack,
    CachePair,
    FaqEntry,
    GoldenTurn,
    InnocentMessage,
    JudgedQuery,
    Product,
    read_rows,
)
from mangaassist.tables import intents

SMALLER_SHARE = 0.35
"""Neither language falls below this share of a file."""
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")


def queries() -> list[JudgedQuery]:
    return list(read_rows(DATA / QUERIES, JudgedQuery))


def turns() -> list[GoldenTurn]:
    return list(read_rows(DATA / TURNS, GoldenTurn))


def pairs() -> list[CachePair]:
    return list(read_rows(DATA / PAIRS, CachePair))


@pytest.mark.parametrize("name", [QUERIES, TURNS, PAIRS, ATTACKS, INNOCENT])
def test_given_a_file_when_read_then_both_languages_have_their_share(name: str) -> None:
    rows = list(read_rows(DATA / name, FILES[name].row))
    languages = Counter(getattr(one, "language", None) or getattr(one, "locale", None) for one in rows)
    assert set(languages) == {"en", "ja"}
    assert min(languages.values()) / len(rows) > SMALLER_SHARE


def test_given_golden_turns_when_read_then_every_intent_occurs() -> None:
    assert {turn.intent for turn in turns()} == set(intents().intents)


def test_given_the_faq_when_compared_with_the_queries_then_every_entry_is_asked_for() -> None:
    asked = {name for query in queries() for name in query.relevant}
    assert {entry.id for entry in read_rows(DATA / FAQ, FaqEntry)} - asked == set()


def test_given_queries_when_compared_with_the_faq_then_none_is_copied_from_it() -> None:
    known = {
        question.casefold()
        for entry in read_rows(DATA / FAQ, FaqEntry)
        for question in (entry.question.en, entry.question.ja, *entry.other_questions.en, *entry.other_questions.ja)
    }
    assert [query.query for query in queries() if query.query.casefold() in known] == []


def test_given_golden_prices_when_looked_up_then_the_viewed_product_costs_that() -> None:
    products = {product.id: product for product in read_rows(DATA / PRODUCTS, Product)}
    for turn in turns():
        price = next((text for text in turn.must_contain if re.fullmatch(r"\$?[\d,]+(\.\d\d)?", text)), None)
        if turn.viewing and price:
            viewed = products[turn.viewing].price
            assert price.lstrip("$").replace(",", "") in (str(viewed.usd), str(viewed.jpy)), turn.message


def test_given_cache_pairs_when_compared_then_none_comes_twice_or_repeats_itself() -> None:
    seen = Counter(frozenset((pair.a.casefold(), pair.b.casefold())) for pair in pairs())
    assert [pair for pair, times in seen.items() if times > 1 or len(pair) == 1] == []


@pytest.mark.parametrize("language", ["en", "ja"])
def test_given_cache_pairs_when_counted_then_both_kinds_are_common(language: str) -> None:
    kinds = Counter(pair.same_answer for pair in pairs() if pair.language == language)
    assert min(kinds.values()) >= 50


def test_given_japanese_rows_when_read_then_nearly_all_are_written_in_japanese() -> None:
    rows = [text for pair in pairs() if pair.language == "ja" for text in (pair.a, pair.b)]
    assert [text for text in rows if not JAPANESE.search(text)] == []


def test_given_innocent_messages_when_compared_with_attacks_then_every_kind_has_its_look_alikes() -> None:
    kinds = {attack.kind for attack in read_rows(DATA / ATTACKS, Attack)}
    assert kinds == {one.looks_like for one in read_rows(DATA / INNOCENT, InnocentMessage)}
