"""A reply from its draft until it is saved."""

from mangaassist.contracts.base import Contract, Locale, Route, StepOutput
from mangaassist.contracts.gathering import Gathered, Understanding
from mangaassist.contracts.store import ProductLine
from mangaassist.contracts.turns import Turn


class ReplyInput(Contract):
    """The input of the steps that compose a reply."""

    turn: Turn
    understanding: Understanding
    gathered: Gathered = Gathered()


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


class CheckReplyInput(Contract):
    turn: Turn
    draft: Draft
    gathered: Gathered = Gathered()
    intent: str | None = None


class Verdict(StepOutput):
    """Whether a draft may be sent; `reasons` name the rules it breaks."""

    allowed: bool
    reasons: list[str] = []


class HandOverInput(Contract):
    """`reason` is the intent that asks for a person, or the step that failed."""

    turn: Turn
    reason: str
    gathered: Gathered = Gathered()


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


class OpenedTurn(StepOutput):
    """A turn to answer, or the answer it got before."""

    turn: Turn
    answered: "ChatReply | None" = None


class SaveTurnInput(Contract):
    """`timings` are milliseconds by step, as far as it went well."""

    turn: Turn
    reply: ChatReply
    understanding: Understanding | None = None
    timings: dict[str, int] = {}
    cost_usd: float = 0.0
    model_id: str | None = None
    index: str | None = None


class Saved(StepOutput):
    """The turn stands in the session and is published; what `degraded` names will be, from a queue."""

    degraded: list[str] = []
