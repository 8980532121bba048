"""What is measured with: it refers to what is there, and is not what was trained on."""

from collections.abc import Iterator
from typing import get_args

from data.files import (
    ATTACKS,
    CUSTOMERS,
    FAQ,
    HELD_OUT,
    INNOCENT,
    PAIRS,
    POLICIES,
    PRODUCTS,
    QUERIES,
    SERIES,
    TRAIN,
    TURNS,
    TYPICAL,
)
from data.leakage import near_duplicates, normalise
from data.reading import Finding, Store
from data.schemas import (
    Attack,
    CachePair,
    Customer,
    FaqEntry,
    GoldenTurn,
    InnocentMessage,
    JudgedQuery,
    Language,
    PolicyParagraph,
    Product,
    Series,
    Utterance,
)
from mangaassist.tables import intents

ANSWERS = 3
"""The grade of a passage that answers a query."""
Placed = tuple[str, int, str]
"""A text with its file and line."""


def _queries(store: Store) -> Iterator[Finding]:
    passages = {entry.id for entry in store.rows(FAQ, FaqEntry)}
    passages |= {paragraph.id for paragraph in store.rows(POLICIES, PolicyParagraph)}
    passages |= {f"synopsis-{series.id}" for series in store.rows(SERIES, Series)}
    for line, query in store.lines(QUERIES, JudgedQuery):
        for missing in query.relevant.keys() - passages:
            yield Finding(QUERIES, line, f"relevant: no passage {missing}")
        if ANSWERS not in query.relevant.values():
            yield Finding(QUERIES, line, "relevant: no passage answers the query")


def _turns(store: Store) -> Iterator[Finding]:
    customers = {customer.id for customer in store.rows(CUSTOMERS, Customer)}
    products = {product.id for product in store.rows(PRODUCTS, Product)}
    for line, turn in store.lines(TURNS, GoldenTurn):
        if turn.intent not in intents().intents:
            yield Finding(TURNS, line, f"intent: {turn.intent} is not in the intents table")
        if turn.customer and turn.customer not in customers:
            yield Finding(TURNS, line, f"customer: no customer {turn.customer}")
        if turn.viewing and turn.viewing not in products:
            yield Finding(TURNS, line, f"viewing: no product {turn.viewing}")
        if not turn.must_contain and not turn.must_not_contain:
            yield Finding(TURNS, line, "demands nothing of a reply")
        for wanted in turn.must_contain:
            if any(forbidden.casefold() in wanted.casefold() for forbidden in turn.must_not_contain):
                yield Finding(TURNS, line, f"must_contain: {wanted!r} is forbidden too")


def _utterances(store: Store) -> Iterator[Finding]:
    for file in (part.format(language) for part in (TRAIN, TYPICAL, HELD_OUT) for language in get_args(Language)):
        for line, utterance in store.lines(file, Utterance):
            if utterance.intent not in intents().intents:
                yield Finding(file, line, f"intent: {utterance.intent} is not in the intents table")


def _leaks(store: Store) -> Iterator[Finding]:
    """No message that meets the classifier when scores are taken is a near-duplicate of a text it was trained on."""
    for language in get_args(Language):
        file = TRAIN.format(language)
        trained = store.lines(file, Utterance)
        measured = list(_classified(store, language))
        seen = [utterance.text for _, utterance in trained]
        for i, j in near_duplicates([text for *_, text in measured], seen, language):
            where, line, text = measured[i]
            yield Finding(where, line, f"{text!r} is a near-duplicate of data/{file}:{trained[j][0]}")


def _classified(store: Store, language: Language) -> Iterator[Placed]:
    for file in (TYPICAL.format(language), HELD_OUT.format(language)):
        yield from ((file, line, one.text) for line, one in store.lines(file, Utterance))
    yield from ((TURNS, line, one.message) for line, one in store.lines(TURNS, GoldenTurn) if one.locale == language)
    for line, query in store.lines(QUERIES, JudgedQuery):
        if query.language == language:
            yield QUERIES, line, query.query


def _copies(store: Store) -> Iterator[Finding]:
    """Nor is any other text of the evaluation one of them."""
    files = [part.format(language) for part in (TRAIN, TYPICAL, HELD_OUT) for language in get_args(Language)]
    said = {normalise(one.text): (file, line) for file in files for line, one in store.lines(file, Utterance)}
    for where, line, text in _unclassified(store):
        if (copied := said.get(normalise(text))) is not None:
            yield Finding(where, line, f"{text!r} stands in data/{copied[0]}:{copied[1]}")


def _unclassified(store: Store) -> Iterator[Placed]:
    for line, pair in store.lines(PAIRS, CachePair):
        yield PAIRS, line, pair.a
        yield PAIRS, line, pair.b
    yield from ((ATTACKS, line, attack.message) for line, attack in store.lines(ATTACKS, Attack))
    yield from ((INNOCENT, line, one.message) for line, one in store.lines(INNOCENT, InnocentMessage))


EVALUATION_CHECKS = (_queries, _turns, _utterances, _leaks, _copies)
