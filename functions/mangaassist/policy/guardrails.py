"""Rules that a generated reply must keep. Each yields the names of those it breaks; every rule is cheap and certain."""

import re
from collections.abc import Callable, Iterable
from itertools import chain

from mangaassist.contracts import CheckReplyInput, Gathered
from mangaassist.policy.language import japanese_share

MAX_CHARACTERS = 2_400
JAPANESE_ENOUGH = 0.3

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_CARD = re.compile(r"\b(?:\d[ -]?){13,16}\b")
_PROMPT = re.compile(
    r"</?(?:passages?|products?|customer|recommendations|intent|language|length|question)\b|MangaAssist, the chat"
)
_DOLLARS = re.compile(r"\$\s?(\d[\d,]*(?:\.\d{1,2})?)")
_YEN = re.compile(r"[¥￥]\s?(\d[\d,]*)|(\d[\d,]*)\s?円")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def broken_rules(request: CheckReplyInput) -> list[str]:
    """The names of the rules that the draft breaks; empty when it may be sent."""
    return [name for name, breaks in RULES.items() if breaks(request)]


def _is_empty(request: CheckReplyInput) -> bool:
    return not request.draft.reply.strip()


def _is_too_long(request: CheckReplyInput) -> bool:
    return len(request.draft.reply) > MAX_CHARACTERS


def _is_in_another_language(request: CheckReplyInput) -> bool:
    share = japanese_share(request.draft.reply)
    return share < JAPANESE_ENOUGH if request.turn.locale == "ja" else share > JAPANESE_ENOUGH


def _shows_the_prompt(request: CheckReplyInput) -> bool:
    return _PROMPT.search(request.draft.reply) is not None


def _gives_personal_data(request: CheckReplyInput) -> bool:
    """E-mail addresses that no passage holds, and anything like a card number."""
    known = " ".join(passage.text for passage in request.gathered.passages)
    strange = any(address not in known for address in _EMAIL.findall(request.draft.reply))
    return strange or _CARD.search(request.draft.reply) is not None


def _invents_a_price(request: CheckReplyInput) -> bool:
    """Every amount of money must stand in the catalogue's entries or the passages that the reply was given."""
    known = set(_known_amounts(request.gathered))
    return any(_amount(price) not in known for price in _prices(request.draft.reply))


def _known_amounts(gathered: Gathered) -> Iterable[float]:
    for product in chain(gathered.products, gathered.recommendations):
        yield float(product.price.usd)
        yield float(product.price.jpy)
    for passage in gathered.passages:
        yield from map(_amount, _NUMBER.findall(passage.text))


def _prices(text: str) -> Iterable[str]:
    yield from _DOLLARS.findall(text)
    yield from filter(None, chain.from_iterable(_YEN.findall(text)))


def _amount(text: str) -> float:
    return float(text.replace(",", ""))


RULES: dict[str, Callable[[CheckReplyInput], bool]] = {
    "empty": _is_empty,
    "too_long": _is_too_long,
    "wrong_language": _is_in_another_language,
    "prompt_shown": _shows_the_prompt,
    "personal_data": _gives_personal_data,
    "invented_price": _invents_a_price,
}
