"""What follows from an intent: the route, the model's tier, retrieval, priority."""

from mangaassist.contracts import Tier, Turn, Understanding
from mangaassist.tables import Intent, intents


def understand(label: str, confidence: float, turn: Turn) -> Understanding:
    """The understanding of a turn; an unknown label or too little confidence is the fallback intent."""
    table = intents()
    trusted = label in table.intents and confidence >= table.minimum_confidence
    name = label if trusted else table.fallback
    intent = table.intents[name]
    return Understanding(
        intent=name,
        confidence=confidence,
        route=intent.answer,
        tier=lower_tier(intent.tier, turn.highest_tier),
        needs_retrieval=intent.retrieval,
        known_reply_allowed=intent.cacheable,
        priority=_priority(intent, turn),
    )


def lower_tier(wanted: Tier, highest: Tier) -> Tier:
    """The wanted tier, but never above the highest one allowed."""
    return "haiku" if "haiku" in (wanted, highest) else "sonnet"


def _priority(intent: Intent, turn: Turn) -> int:
    if turn.viewing and intent.priority_when_viewing:
        return intent.priority_when_viewing
    return intent.priority
