"""Greetings, thanks and farewells."""

from datetime import date

from mangaassist.contracts import Draft, ReplyInput
from mangaassist.errors import TemplateDataMissingError
from mangaassist.policy.language import normalized
from mangaassist.tables import messages


def answer(request: ReplyInput, _today: date) -> Draft:
    """The reply to a message that is nothing but a greeting, thanks or a farewell."""
    said = normalized(request.turn.message)
    for name, phrases in messages().small_talk.items():
        if said in phrases:
            return Draft(reply=messages().chitchat[name].of(request.turn.locale), route="template")
    raise TemplateDataMissingError("no template answers this small talk")
