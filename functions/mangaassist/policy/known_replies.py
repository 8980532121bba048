"""When the reply kept for one question may answer another."""

from mangaassist.contracts import KnownReply, Locale
from mangaassist.tables import Similarities, models


def matches(reply: KnownReply | None, model_id: str, locale: Locale) -> bool:
    """Whether the kept question is the same question."""
    return reply is not None and reply.similarity >= _similarities(model_id, locale).same_question


def is_near(reply: KnownReply | None, model_id: str, locale: Locale) -> bool:
    """Whether the kept question is near enough for its reply to stand in for a failed generation."""
    return reply is not None and reply.similarity >= _similarities(model_id, locale).near_question


def _similarities(model_id: str, locale: Locale) -> Similarities:
    return models().embeddings[model_id][locale]
