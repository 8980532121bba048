"""Which file holds which rows, how many the project asks for at least, and what no two rows of a file share."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from data.schemas import (
    Attack,
    CachePair,
    Customer,
    FaqEntry,
    GoldenTurn,
    InnocentMessage,
    JudgedQuery,
    Order,
    PolicyParagraph,
    Product,
    Row,
    Series,
    Utterance,
)

DATA = Path(__file__).parent
SERIES, PRODUCTS = "catalogue/series.jsonl", "catalogue/products.jsonl"
FAQ, POLICIES = "policies/faq.jsonl", "policies/policies.jsonl"
CUSTOMERS, ORDERS, BESTSELLERS = "customers/customers.jsonl", "customers/orders.jsonl", "customers/bestsellers.json"
QUERIES, TURNS, PAIRS = "evaluation/queries.jsonl", "evaluation/golden_turns.jsonl", "evaluation/cache_pairs.jsonl"
ATTACKS, INNOCENT = "evaluation/attacks.jsonl", "evaluation/innocent.jsonl"
TRAIN = "utterances/train.{}.jsonl"
TYPICAL, HELD_OUT = "utterances/typical.{}.jsonl", "utterances/heldout.{}.jsonl"
CALENDAR = "releases/calendar.ics"


@dataclass(frozen=True, slots=True)
class Contents:
    """The rows of a JSON Lines file. `unique`: the fields that, taken together and whatever their case, differ."""

    row: type[Row]
    at_least: int
    unique: tuple[str, ...] = ("id",)


FILES: Mapping[str, Contents] = MappingProxyType(
    {
        SERIES: Contents(Series, 300),
        PRODUCTS: Contents(Product, 1500),
        FAQ: Contents(FaqEntry, 60),
        POLICIES: Contents(PolicyParagraph, 25),
        CUSTOMERS: Contents(Customer, 12),
        ORDERS: Contents(Order, 40),
        QUERIES: Contents(JudgedQuery, 120, ("query",)),
        TURNS: Contents(GoldenTurn, 80, ("message", "customer", "viewing")),
        PAIRS: Contents(CachePair, 300, ("a", "b")),
        ATTACKS: Contents(Attack, 150, ("message",)),
        INNOCENT: Contents(InnocentMessage, 100, ("message",)),
        TRAIN.format("en"): Contents(Utterance, 720, ("text",)),
        TRAIN.format("ja"): Contents(Utterance, 720, ("text",)),
        TYPICAL.format("en"): Contents(Utterance, 240, ("text",)),
        TYPICAL.format("ja"): Contents(Utterance, 240, ("text",)),
        HELD_OUT.format("en"): Contents(Utterance, 240, ("text",)),
        HELD_OUT.format("ja"): Contents(Utterance, 240, ("text",)),
    }
)
