"""Rules that a generated reply must keep. Each yields the names of those it breaks; every rule is cheap and certain."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache
from itertools import accumulate, chain, takewhile

from mangaassist.contracts import CheckReplyInput, Turn
from mangaassist.policy.language import japanese_share, normalized
from mangaassist.policy.money import Amount, amounts
from mangaassist.policy.prompt import SYSTEM

MAX_CHARACTERS = 2_400
JAPANESE_ENOUGH = 0.3
LONGEST_CARD = 19

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
# The groups of digits of one number, as cards are printed or run together.
_DIGITS = re.compile(r"\d+(?:[ .-]\d+)*", re.ASCII)
# ISO/IEC 7812: 13 to 19 digits; payment cards begin with 22-27 or 3-6, which leaves out ISBNs (978, 979).
_CARD = re.compile(r"(?:2[2-7]|[3-6]\d)\d{11,17}")
_TAGS = re.compile(
    r"</?(?:passages?|products?|customer|recommendations|intent|language|length|question)\b|You are MangaAssist"
)
_SENTENCE_END = re.compile(r"[.:]\s+")


def broken_rules(request: CheckReplyInput) -> list[str]:
    """The names of the rules that the draft breaks; empty when it may be sent."""
    return [name for name, breaks in RULES.items() if breaks(request)]


def _is_empty(request: CheckReplyInput) -> bool:
    return not request.draft.reply.strip()


def _is_too_long(request: CheckReplyInput) -> bool:
    return len(request.draft.reply) > MAX_CHARACTERS


def _is_in_another_language(request: CheckReplyInput) -> bool:
    """An English reply may quote a Japanese title, but has no sentence that ends as Japanese ones do."""
    reply = request.draft.reply
    share = japanese_share(_EMAIL.sub("", reply))
    if request.turn.locale == "ja":
        return share < JAPANESE_ENOUGH
    return share > JAPANESE_ENOUGH or "。" in reply


def _shows_the_prompt(request: CheckReplyInput) -> bool:
    """Its tags, or one of its rules word for word. Its first sentence says who the assistant is: that is no secret."""
    reply = request.draft.reply
    said = normalized(reply)
    return _TAGS.search(reply) is not None or any(rule in said for rule in _rules_of_the_prompt())


@cache
def _rules_of_the_prompt() -> list[str]:
    return [normalized(sentence) for sentence in _SENTENCE_END.split(SYSTEM)[1:]]


def _gives_personal_data(request: CheckReplyInput) -> bool:
    """E-mail addresses that no passage holds, and card numbers."""
    reply = unicodedata.normalize("NFKC", request.draft.reply)
    known = set(chain.from_iterable(_addresses(passage.text) for passage in request.gathered.passages))
    return not known.issuperset(_addresses(reply)) or any(map(_is_card, _numbers(reply)))


def _addresses(text: str) -> list[str]:
    return [address.casefold() for address in _EMAIL.findall(text)]


def _numbers(text: str) -> Iterable[str]:
    """Every number that neighbouring groups of digits may make: "4111 1111 1111 1111 12" holds a card's."""
    for run in _DIGITS.findall(text):
        groups = re.split(r"[ .-]", run)
        for start in range(len(groups)):
            yield from takewhile(_may_be_a_card, accumulate(groups[start:]))


def _may_be_a_card(number: str) -> bool:
    return len(number) <= LONGEST_CARD


def _is_card(number: str) -> bool:
    """Whether the number has a card's length and beginning, and the check digit of Luhn's formula."""
    if not _CARD.fullmatch(number):
        return False
    odd, even = number[-1::-2], number[-2::-2]
    return (sum(map(int, odd)) + sum(sum(divmod(2 * int(digit), 10)) for digit in even)) % 10 == 0


def _invents_a_price(request: CheckReplyInput) -> bool:
    """Every amount of money must stand in what the reply was given: the catalogue, the passages, the conversation."""
    return not set(_known_amounts(request)).issuperset(amounts(request.draft.reply))


def _known_amounts(request: CheckReplyInput) -> Iterable[Amount]:
    gathered = request.gathered
    for product in chain(gathered.products, gathered.recommendations):
        yield product.price.usd, "USD"
        yield Decimal(product.price.jpy), "JPY"
    for text in chain((passage.text for passage in gathered.passages), _conversation(request.turn)):
        yield from amounts(text)


def _conversation(turn: Turn) -> Iterable[str]:
    """What the customer has said: a budget that is named may be named back."""
    return (turn.message, *(exchange.message for exchange in turn.history))


RULES: dict[str, Callable[[CheckReplyInput], bool]] = {
    "empty": _is_empty,
    "too_long": _is_too_long,
    "wrong_language": _is_in_another_language,
    "prompt_shown": _shows_the_prompt,
    "personal_data": _gives_personal_data,
    "invented_price": _invents_a_price,
}
