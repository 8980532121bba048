"""What crosses a state boundary of the chat turn. Times are epoch milliseconds, durations milliseconds."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Locale = Literal["en", "ja"]
Route = Literal["template", "cached", "haiku", "sonnet", "handover"]
Tier = Literal["haiku", "sonnet"]
Mode = Literal["normal", "templates_only"]
MAX_MESSAGE_CHARACTERS = 2_000

Identifier = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9._:-]+$")]


class Contract(BaseModel):
    """Immutable, and closed: a field nobody declared is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class StepOutput(Contract):
    """What a function of the turn returns; `ms` is the time its handler took."""

    ms: int = 0


class Caller(Contract):
    """Who the authorizer says is calling."""

    kind: Literal["customer", "guest"]
    customer_id: str = ""


class ChatRequest(Contract):
    """The body of POST /chat."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    message: str = Field(min_length=1, max_length=MAX_MESSAGE_CHARACTERS)
    session_id: Identifier | None = None
    turn_id: Identifier | None = None
    locale: Locale | None = None
    viewing: Identifier | None = None


class Exchange(Contract):
    """One earlier message of the session and its reply."""

    message: str
    reply: str


class StandbyTexts(Contract):
    """What is said when nothing better can be: chosen before anything can fail."""

    unanswered: str
    withheld: str


class Turn(Contract):
    """One turn, opened: who asks what, in which session, until when, within which limits.

    `owner` is whom the session belongs to; a guest's session token proves as much.
    """

    trace_id: str
    session_id: str
    session_token: str | None = None
    owner: str
    turn_id: str
    message: str
    locale: Locale
    viewing: str | None = None
    customer_id: str | None = None
    history: list[Exchange] = []
    arrived_at_ms: int = 0
    deadline_ms: int | None = None
    highest_tier: Tier = "sonnet"
    mode: Mode = "normal"
    debug: bool = False
    standby: StandbyTexts
    degraded: list[str] = []


class OpenTurnInput(Contract):
    """What the API's request template hands to the workflow. `body` is the raw text of the request."""

    body: str
    caller: Caller
    session_token: str = ""
    arrived_at_ms: int
    trace_id: str


class OpenedTurn(StepOutput):
    """A turn to answer, or the answer it got before."""

    turn: Turn
    answered: "ChatReply | None" = None


class Money(Contract):
    """A price in both currencies of the store."""

    usd: Decimal
    jpy: int


class LocalText(Contract):
    """A text in both languages of the store."""

    en: str
    ja: str

    def of(self, locale: Locale) -> str:
        return self.ja if locale == "ja" else self.en


class Edition(Contract):
    """What tells the products of a series apart."""

    id: str
    volume: int | None = None
    kind: Literal["volume", "omnibus", "box_set", "digital"]
    language: Locale
    release_date: str


class Product(Edition):
    """One thing to buy: a volume, omnibus, box set or digital edition."""

    series_id: str
    title: LocalText
    price: Money
    stock: Annotated[int, Field(ge=0)]


class ProductLine(Contract):
    """A product as a reply shows it."""

    id: str
    title: str
    price: str
    currency: Literal["USD", "JPY"]


class OrderItem(Contract):
    product_id: str
    quantity: Annotated[int, Field(ge=1)]


class OrderTotal(Contract):
    currency: Literal["USD", "JPY"]
    amount: Decimal


class Order(Contract):
    id: str
    placed_on: str
    status: Literal["processing", "shipped", "delivered", "cancelled", "preordered"]
    items: list[OrderItem]
    total: OrderTotal
    carrier: str | None = None
    tracking_number: str | None = None
    expected_on: str | None = None
    delivered_on: str | None = None


class Profile(Contract):
    name: str
    locale: Locale
    region: str
    favourite_genres: list[str] = []
    points: int = 0


class Customer(StepOutput):
    """What is known of the customer; empty for a guest."""

    profile: Profile | None = None
    orders: list[Order] = []


class Products(StepOutput):
    """Products of the catalogue, best match first."""

    products: list[Product] = []


class Passage(Contract):
    """A passage of the store's texts. `score` is the cosine similarity to the question."""

    id: str
    kind: str
    title: str
    text: str
    score: float


class KnownReply(Contract):
    """A reply kept for a common question. `similarity` is the cosine between the two questions."""

    id: str
    question: str
    reply: str
    sources: list[str] = []
    similarity: float


class Understanding(StepOutput):
    """The intent of a message, and what the intents table says follows from it."""

    intent: str
    confidence: Annotated[float, Field(ge=0, le=1)]
    route: Literal["template", "llm", "handover"]
    tier: Tier
    needs_retrieval: bool
    known_reply_allowed: bool
    priority: Annotated[int, Field(ge=1, le=4)]


class Retrieval(StepOutput):
    """What the index, named with its version, holds for the question.

    `worth_reranking`: the reranker would better the order.
    """

    passages: list[Passage] = []
    known_reply: KnownReply | None = None
    known_reply_matches: bool = False
    worth_reranking: bool = False
    index: str | None = None
    embedding_ms: int = 0


class Ranked(StepOutput):
    """The passages the reply rests on, best first."""

    passages: list[Passage] = []


class Usage(Contract):
    """Tokens of one call. `estimated` where the stream ended before the model reported them."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    estimated: bool = False


class Draft(StepOutput):
    """A reply before it is checked."""

    reply: str
    route: Route
    products: list[ProductLine] = []
    sources: list[str] = []
    shortened: bool = False
    model_id: str | None = None
    usage: Usage = Usage()
    cost_usd: float = 0.0
    first_token_ms: int | None = None


class Verdict(StepOutput):
    """Whether a draft may be sent; `reasons` name the rules it breaks."""

    allowed: bool
    reasons: list[str] = []


class Handover(StepOutput):
    """A conversation given to a person."""

    reply: str
    ticket_id: str


class Debug(Contract):
    confidence: float | None = None
    latency_ms: dict[str, int] = {}
    cost_usd: float = 0.0


class ChatReply(Contract):
    """The answer of POST /chat."""

    trace_id: str
    session_id: str
    session_token: str | None = None
    turn_id: str
    reply: str
    locale: Locale
    intent: str
    route: Route
    products: list[ProductLine] = []
    sources: list[str] = []
    degraded: list[str] = []
    debug: Debug | None = None


class TurnInput(Contract):
    """The input of the steps that need nothing but the turn."""

    turn: Turn


class RerankInput(Contract):
    turn: Turn
    passages: list[Passage]


class Gathered(Contract):
    """What was gathered for a reply. `customer` is None when the customer's data could not be had."""

    customer: Customer | None = None
    products: list[Product] = []
    recommendations: list[Product] = []
    passages: list[Passage] = []


class ReplyInput(Contract):
    """The input of the steps that compose a reply."""

    turn: Turn
    understanding: Understanding
    gathered: Gathered = Gathered()


class CheckReplyInput(Contract):
    turn: Turn
    draft: Draft
    gathered: Gathered = Gathered()


class HandOverInput(Contract):
    """`reason` is the intent that asks for a person, or the step that failed."""

    turn: Turn
    reason: str
    gathered: Gathered = Gathered()


class SaveTurnInput(Contract):
    turn: Turn
    reply: ChatReply
    cost_usd: float = 0.0
    model_id: str | None = None
    index: str | None = None


class Saved(StepOutput):
    """The turn stands in the session."""
