"""What is gathered for a reply: the intent, passages, and the data of the store."""

from typing import Annotated, Literal

from pydantic import Field

from mangaassist.contracts.base import Contract, StepOutput, Tier
from mangaassist.contracts.store import Customer, Product
from mangaassist.contracts.turns import Turn


class Understanding(StepOutput):
    """The intent of a message, and what the intents table says follows from it."""

    intent: str
    confidence: Annotated[float, Field(ge=0, le=1)]
    route: Literal["template", "llm", "handover"]
    tier: Tier
    needs_retrieval: bool
    known_reply_allowed: bool
    priority: Annotated[int, Field(ge=1, le=4)]


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


class Retrieval(StepOutput):
    """What the index, named with its version, holds for the question.

    `worth_reranking`: the reranker would better the order. `cost_usd`: of the embedding, a hedge included.
    """

    passages: list[Passage] = []
    known_reply: KnownReply | None = None
    known_reply_matches: bool = False
    worth_reranking: bool = False
    index: str | None = None
    embedding_ms: int = 0
    cost_usd: float = 0.0


class RerankInput(Contract):
    turn: Turn
    passages: list[Passage]


class Ranked(StepOutput):
    """The passages the reply rests on, best first. `scoring_ms` is the reranker's part of the time."""

    passages: list[Passage] = []
    scoring_ms: int = 0


class Gathered(Contract):
    """What was gathered for a reply. `customer` is None when the customer's data could not be had."""

    customer: Customer | None = None
    products: list[Product] = []
    recommendations: list[Product] = []
    passages: list[Passage] = []
