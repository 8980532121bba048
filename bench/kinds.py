"""Kinds of turns, and what must come of each: every hop leaves a mark by which a reply proves whose it is.

The message carries the number of its turn. The classifier knows a message by its first words, the embedding is one-hot
in a slot that the number and the question's kind choose, the index answers by that slot, the catalogue's price by the
title, the language model with the number. A dependency fails where the message names it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import NAMESPACE_OID, uuid5

SLOTS = 256
STORIES = 64
_LETTERS = "ABCDEFGH"
NO_REPLY = "I'm sorry, I can't"


def story(number: int) -> str:
    """A title without digits, so that no number in a message is taken for a volume."""
    return f"Story {_LETTERS[number % STORIES // 8]}{_LETTERS[number % 8]}"


def price(number: int) -> str:
    return f"{10 + number % STORIES}.99"


def slot(number: int, *, known: bool) -> int:
    """Where the embedding of a question is hot."""
    return 2 * (number % SLOTS) + int(known)


@dataclass(frozen=True)
class Kind:
    """A kind of turn. `shows` is a text that its reply must hold, of its number and its trace id."""

    name: str
    words: str
    intent: str
    route: str
    shows: Callable[[int, str], str]
    degraded: frozenset[str] = field(default_factory=frozenset)
    known: bool = False

    def message(self, number: int) -> str:
        return f"{self.words.format(story=story(number))} N{number}."


def _answer(number: int, _: str) -> str:
    return f"Answer to N{number}."


def _ticket(_: int, trace_id: str) -> str:
    return f"T-{uuid5(NAMESPACE_OID, trace_id).hex[:12].upper()}"


PLAIN = (
    Kind("template", "How much is {story}, volume 1?", "price_availability", "template", lambda n, _: price(n)),
    Kind(
        "cached",
        "Known question?",
        "faq_policy",
        "cached",
        lambda n, _: f"Known reply {slot(n, known=True)}.",
        known=True,
    ),
    Kind("llm", "New question?", "faq_policy", "haiku", _answer),
    Kind("handover", "A person, please.", "human_agent", "handover", _ticket),
)
FAILING = (
    Kind("classifier", "[classifier down]", "general", "sonnet", _answer, frozenset({"classify_intent"})),
    Kind("reranker", "New question? [reranker down]", "faq_policy", "haiku", _answer, frozenset({"rerank_passages"})),
    Kind("model", "New question? [model down]", "faq_policy", "handover", _ticket, frozenset({"generate_reply"})),
    Kind(
        "guardrail",
        "New question? [guardrail down]",
        "faq_policy",
        "haiku",
        lambda *_: NO_REPLY,
        frozenset({"check_reply", "withheld"}),
    ),
)
KINDS = (*PLAIN, *FAILING)


def mixed(number: int) -> Kind:
    """Kinds in turn; one in twenty turns meets a failure."""
    return FAILING[number // 20 % len(FAILING)] if number % 20 == 0 else PLAIN[number % len(PLAIN)]


def kind_of(message: str) -> Kind:
    """The kind that a message is of."""
    return max((kind for kind in KINDS if _starts(kind, message)), key=lambda kind: len(kind.words))


def _starts(kind: Kind, message: str) -> bool:
    return message.startswith(kind.words.split("{")[0])
