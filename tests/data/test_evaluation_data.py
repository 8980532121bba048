"""What the system is measured with: rows of the right shape, enough of them, independent of what they measure."""

import re
from collections import Counter
from pathlib import Path

import pytest

from data.schemas import (
    Attack,
    CachePair,
    Customer,
    FaqEntry,
    GoldenTurn,
    InnocentMessage,
    JudgedQuery,
    PolicyParagraph,
    Product,
    Row,
    Series,
    read_rows,
)
from mangaassist.tables import intents

DATA = Path(__file__).parents[2] / "data"
EVALUATION = DATA / "evaluation"
FILES: dict[str, tuple[type[Row], int, str]] = {
    "queries.jsonl": (JudgedQuery, 120, "query"),
    "golden_turns.jsonl": (GoldenTurn, 80, "message"),
    "cache_pairs.jsonl": (CachePair, 300, "a"),
    "attacks.jsonl": (Attack, 150, "message"),
    "innocent.jsonl": (InnocentMessage, 100, "message"),
}
SMALLER_SHARE = 0.35
"""Neither language falls below this share of a file."""
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")


def ids(name: str, row: type[Row]) -> set[str]:
    return {str(getattr(one, "id")) for one in read_rows(DATA / name, row)}  # noqa: B009  every row type here has one


def queries() -> list[JudgedQuery]:
    return list(read_rows(EVALUATION / "queries.jsonl", JudgedQuery))


def turns() -> list[GoldenTurn]:
    return list(read_rows(EVALUATION / "golden_turns.jsonl", GoldenTurn))


def pairs() -> list[CachePair]:
    return list(read_rows(EVALUATION / "cache_pairs.jsonl", CachePair))


@pytest.mark.parametrize("name", FILES)
def test_given_a_file_when_read_then_its_rows_fit_and_suffice_in_both_languages(name: str) -> None:
    row, at_least, _ = FILES[name]
    rows = list(read_rows(EVALUATION / name, row))
    languages = Counter(getattr(one, "language", None) or getattr(one, "locale", None) for one in rows)
    assert len(rows) >= at_least
    assert set(languages) == {"en", "ja"}
    assert min(languages.values()) / len(rows) > SMALLER_SHARE


@pytest.mark.parametrize("name", [name for name in FILES if name != "cache_pairs.jsonl"])
def test_given_messages_when_compared_then_none_comes_twice(name: str) -> None:
    row, _, field = FILES[name]
    said = Counter(str(getattr(one, field)).casefold() for one in read_rows(EVALUATION / name, row))
    assert [text for text, times in said.items() if times > 1] == []


def test_given_judged_passages_when_looked_up_then_each_exists_and_one_answers() -> None:
    passages = ids("policies/faq.jsonl", FaqEntry) | ids("policies/policies.jsonl", PolicyParagraph)
    passages |= {f"synopsis-{one}" for one in ids("catalogue/series.jsonl", Series)}
    assert {name for query in queries() for name in query.relevant} <= passages
    assert [query.query for query in queries() if max(query.relevant.values()) < 3] == []


def test_given_the_faq_when_compared_with_the_queries_then_every_entry_is_asked_for() -> None:
    asked = {name for query in queries() for name in query.relevant}
    assert ids("policies/faq.jsonl", FaqEntry) - asked == set()


def test_given_queries_when_compared_with_the_faq_then_none_is_copied_from_it() -> None:
    known = {
        question.casefold()
        for entry in read_rows(DATA / "policies/faq.jsonl", FaqEntry)
        for question in (entry.question.en, entry.question.ja, *entry.other_questions.en, *entry.other_questions.ja)
    }
    assert [query.query for query in queries() if query.query.casefold() in known] == []


def test_given_golden_turns_when_read_then_intents_customers_and_products_exist() -> None:
    customers = ids("customers/customers.jsonl", Customer)
    products = ids("catalogue/products.jsonl", Product)
    assert {turn.intent for turn in turns()} == set(intents().intents)
    assert {turn.customer for turn in turns() if turn.customer} <= customers
    assert {turn.viewing for turn in turns() if turn.viewing} <= products


def test_given_a_golden_turn_when_read_then_its_demands_can_be_met_together() -> None:
    impossible = [
        turn.message
        for turn in turns()
        for forbidden in turn.must_not_contain
        if any(forbidden.casefold() in wanted.casefold() for wanted in turn.must_contain)
    ]
    assert impossible == []
    assert [turn.message for turn in turns() if not turn.must_contain and not turn.must_not_contain] == []


def test_given_golden_prices_when_looked_up_then_the_viewed_product_costs_that() -> None:
    products = {product.id: product for product in read_rows(DATA / "catalogue/products.jsonl", Product)}
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
    kinds = {attack.kind for attack in read_rows(EVALUATION / "attacks.jsonl", Attack)}
    assert kinds == {one.looks_like for one in read_rows(EVALUATION / "innocent.jsonl", InnocentMessage)}
