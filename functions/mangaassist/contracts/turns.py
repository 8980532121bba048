"""A turn from its request until it is open."""

from typing import Literal

from pydantic import ConfigDict, Field

from mangaassist.contracts.base import Contract, Identifier, Locale, Mode, Tier

MAX_MESSAGE_CHARACTERS = 2_000


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


class TurnInput(Contract):
    """The input of the steps that need nothing but the turn."""

    turn: Turn
