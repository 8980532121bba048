"""The tables that policy reads, as validated objects; each is parsed once."""

import tomllib
from functools import cache
from importlib import resources
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from mangaassist.contracts import Locale, LocalText, Tier


class Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Intent(Table):
    """What follows from an intent; the fields are explained in intents.toml."""

    answer: Literal["template", "llm", "handover"]
    tier: Tier
    retrieval: bool
    cacheable: bool
    priority: Annotated[int, Field(ge=1, le=4)]
    priority_when_viewing: Annotated[int, Field(ge=1, le=4)] | None = None
    length: str
    max_tokens: Annotated[int, Field(gt=0)]


class Intents(Table):
    minimum_confidence: float
    fallback: str
    intents: dict[str, Intent]

    @model_validator(mode="after")
    def _fallback_exists(self) -> "Intents":
        if self.fallback not in self.intents:
            raise ValueError(f"fallback: {self.fallback!r} is not an intent")
        return self


class Prices(Table):
    """USD per million tokens."""

    input: float
    output: float
    cache_read: float
    cache_write: float


class Similarities(Table):
    """Cosine thresholds for known replies, of one embedding model in one language."""

    same_question: float
    near_question: float


class Reranker(Table):
    languages: list[Locale]


class Models(Table):
    prices: dict[str, Prices]
    embeddings: dict[str, dict[Locale, Similarities]]
    reranker: Reranker


class Dependency(Table):
    """How long something that is called takes, and whether it is hedged; explained in dependencies.toml."""

    p95_ms: Annotated[float, Field(gt=0)]
    hedged: bool = False


class ClientTimeouts(Table):
    """When a client gives a connection up, and silence on one."""

    connect_ms: Annotated[int, Field(gt=0)]
    read_ms: Annotated[int, Field(gt=0)]


class ReleaseKind(Table):
    """What follows from a kind of release; the fields are explained in releases.toml."""

    multiplier: Annotated[float, Field(ge=1)]
    decay_minutes: Annotated[int, Field(ge=0)]
    throughput_lead_hours: Annotated[int, Field(gt=0)]
    history_days: Annotated[int, Field(gt=0, le=455)]


class TurnShares(Table):
    """What a turn takes on average."""

    sonnet_share: float
    haiku_share: float
    retrieval_share: float
    tokens_per_call: int
    seconds: float


class Releases(Table):
    kinds: dict[str, ReleaseKind]
    turn: TurnShares


class Messages(Table):
    """Texts by situation and name, in both languages."""

    standby: dict[str, LocalText]
    handover: dict[str, LocalText]
    order_tracking: dict[str, LocalText]
    price_availability: dict[str, LocalText]
    release_date: dict[str, LocalText]
    languages: dict[Locale, LocalText]
    chitchat: dict[str, LocalText]
    small_talk: dict[str, list[str]]


@cache
def intents() -> Intents:
    return Intents.model_validate(_read("intents.toml"))


@cache
def models() -> Models:
    return Models.model_validate(_read("models.toml"))


@cache
def dependencies() -> dict[str, Dependency]:
    return TypeAdapter(dict[str, Dependency]).validate_python(_read("dependencies.toml"))


@cache
def clients() -> dict[str, ClientTimeouts]:
    return TypeAdapter(dict[str, ClientTimeouts]).validate_python(_read("clients.toml"))


@cache
def messages() -> Messages:
    return Messages.model_validate(_read("messages.toml"))


@cache
def releases() -> Releases:
    return Releases.model_validate(_read("releases.toml"))


def _read(name: str) -> dict[str, object]:
    return tomllib.loads(resources.files(__name__).joinpath(name).read_text(encoding="utf-8"))
