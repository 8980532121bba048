"""What one row of each data file looks like. A row that does not fit is refused, as is a field nobody knows."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

Language = Literal["en", "ja"]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Text = Annotated[str, StringConstraints(pattern=r"^\S([\s\S]*\S)?$")]
Topic = Literal["shipping", "returns", "payment", "points", "digital", "age", "preorder", "account"]
OrderStatus = Literal["processing", "shipped", "delivered", "cancelled", "preordered"]
AttackKind = Literal["injection", "prompt_leak", "jailbreak", "personal_data", "price_manipulation", "other_customer"]
IntentName = Annotated[str, StringConstraints(pattern=r"^[a-z_]+$")]


class RowError(ValueError):
    """A row does not fit its schema; the message names the fields and what is wrong with each."""


class Row(BaseModel):
    """A line of a data file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


RowType = TypeVar("RowType", bound=Row)


def parse(row: type[RowType], text: str) -> RowType:
    """A row from its JSON; raises RowError."""
    try:
        return row.model_validate_json(text)
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, one['loc'])) or 'row'}: {one['msg']}" for one in error.errors())
        raise RowError("; ".join(wrong)) from None


def read_rows(path: Path, row: type[RowType]) -> Iterator[RowType]:
    """The rows of a JSON Lines file, each checked; raises RowError with file and line."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield parse(row, line)
            except RowError as error:
                raise RowError(f"{path}:{number}: {error}") from None


class Both(Row):
    """A text in both languages."""

    en: Text
    ja: Text


class BothLists(Row):
    """Texts in both languages."""

    en: Annotated[list[Text], Field(min_length=2, max_length=4)]
    ja: Annotated[list[Text], Field(min_length=2, max_length=4)]


class Titles(Both):
    """A series title; romaji reads the Japanese one."""

    romaji: Text


class VolumeCounts(Row):
    """How many volumes are out in each language; 0 when there is no edition."""

    ja: Annotated[int, Field(ge=0)]
    en: Annotated[int, Field(ge=0)]


class Series(Row):
    """A manga series."""

    id: Identifier
    titles: Titles
    aliases: list[Text]
    author: Both
    publisher: Both
    demographic: Literal["shonen", "shojo", "seinen", "josei", "kodomo"]
    genres: Annotated[list[Text], Field(min_length=1)]
    age_rating: Literal["all", "teen", "older_teen", "mature"]
    first_published: Annotated[int, Field(ge=1900, le=2026)]
    status: Literal["ongoing", "completed", "hiatus"]
    volumes: VolumeCounts
    synopsis: Both


class Price(Row):
    """A price in both currencies."""

    usd: Annotated[Decimal, Field(gt=0, decimal_places=2)]
    jpy: Annotated[int, Field(gt=0)]


class Product(Row):
    """An edition that is sold. A release date to come makes it a pre-order."""

    id: Identifier
    series_id: Identifier
    title: Both
    volume: Annotated[int, Field(ge=0)] | None
    kind: Literal["volume", "omnibus", "box_set", "digital"]
    language: Language
    price: Price
    stock: Annotated[int, Field(ge=0)]
    release_date: date


class FaqEntry(Row):
    """A question, other ways to put it, and the store's answer."""

    id: Identifier
    topic: Topic
    question: Both
    other_questions: BothLists
    answer: Both


class PolicyParagraph(Row):
    """A paragraph of the store's policies."""

    id: Identifier
    topic: Topic
    title: Both
    text: Both


class Customer(Row):
    """An invented customer. `region` is a country of ISO 3166-1, or a subdivision of ISO 3166-2."""

    id: Annotated[str, StringConstraints(pattern=r"^cust-[a-z]+$")]
    name: Text
    locale: Language
    region: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{2})?$")]
    favourite_genres: list[Text]
    points: Annotated[int, Field(ge=0)]
    recommendations: list[Identifier]


class OrderItem(Row):
    """So many of one product."""

    product_id: Identifier
    quantity: Annotated[int, Field(ge=1, le=10)]


class OrderTotal(Row):
    """What the customer paid: goods and shipping, in the US without sales tax."""

    currency: Literal["JPY", "USD"]
    amount: Annotated[Decimal, Field(gt=0, decimal_places=2)]


class Order(Row):
    """An invented order."""

    id: Annotated[str, StringConstraints(pattern=r"^MA-\d{5}$")]
    customer_id: Annotated[str, StringConstraints(pattern=r"^cust-[a-z]+$")]
    placed_on: date
    status: OrderStatus
    items: Annotated[list[OrderItem], Field(min_length=1)]
    total: OrderTotal
    carrier: Text | None
    tracking_number: Text | None
    expected_on: date | None
    delivered_on: date | None

    @model_validator(mode="after")
    def _dates_fit_the_status(self) -> Self:
        if (self.delivered_on is not None) != (self.status == "delivered"):
            raise ValueError("delivered_on is set when, and only when, the order was delivered")
        if (self.expected_on is not None) != (self.status in ("processing", "shipped", "preordered")):
            raise ValueError("expected_on is set when, and only when, the order is on its way")
        if self.status == "shipped" and not (self.carrier and self.tracking_number):
            raise ValueError("a shipped order has a carrier and a tracking number")
        later = self.delivered_on or self.expected_on
        if later is not None and later < self.placed_on:
            raise ValueError("an order does not arrive before it is placed")
        return self


class Bestsellers(Row):
    """What sells best, best first."""

    product_ids: Annotated[list[Identifier], Field(min_length=1)]


class JudgedQuery(Row):
    """A search and its passages: 3 answers it, 2 helps much, 1 touches it. Synopses are "synopsis-<series id>"."""

    query: Text
    language: Language
    relevant: Annotated[dict[Identifier, Annotated[int, Field(ge=1, le=3)]], Field(min_length=1)]


class GoldenTurn(Row):
    """A message and what a good reply must and must not contain, whatever its case."""

    message: Text
    locale: Language
    viewing: Identifier | None = None
    customer: str | None = None
    intent: IntentName
    route: Literal["template", "haiku", "sonnet", "handover"]
    must_contain: list[Text]
    must_not_contain: list[Text]


class CachePair(Row):
    """Two questions, and whether one reply may serve both."""

    a: Text
    b: Text
    language: Language
    same_answer: bool
    why: Text


class Attack(Row):
    """A message that tries to misuse the assistant."""

    message: Text
    language: Language
    kind: AttackKind


class InnocentMessage(Row):
    """A message that looks like an attack and is none."""

    message: Text
    language: Language
    looks_like: AttackKind


class Utterance(Row):
    """One message of a customer, on one line, and the intent it is labelled with."""

    text: Annotated[str, StringConstraints(pattern=r"^\S(.*\S)?$", max_length=500)]
    intent: IntentName


class Release(Row):
    """An event of the release calendar. `multiplier` is the traffic expected over a normal hour."""

    uid: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+@releases\.mangaassist\.example$")]
    summary: Text
    kind: Literal["chapter", "volume", "anniversary", "prime-day"]
    status: Literal["CONFIRMED", "CANCELLED"]
    start: date
    regions: Annotated[list[Literal["JP", "US"]], Field(min_length=1)]
    multiplier: Annotated[float, Field(gt=1)] | None
    product: Identifier | None
