"""Replies that need no language model: an intent's composer picks a text and fills it from data."""

from collections.abc import Callable
from datetime import date

from mangaassist.contracts import Draft, ReplyInput
from mangaassist.errors import TemplateDataMissingError
from mangaassist.policy.templates import catalogue, orders, small_talk

Composer = Callable[[ReplyInput, date], Draft]

COMPOSERS: dict[str, Composer] = {
    "order_tracking": orders.track,
    "price_availability": catalogue.price,
    "release_date": catalogue.release,
    "chitchat": small_talk.answer,
}


def compose(request: ReplyInput, today: date) -> Draft:
    """The template reply to a turn.

    Raises TemplateDataMissingError when the intent has no template or a value that it needs is missing.
    """
    composer = COMPOSERS.get(request.understanding.intent)
    if composer is None:
        raise TemplateDataMissingError(f"no template answers {request.understanding.intent}")
    return composer(request, today)
