"""The stand-in for the language model: it puts together a reply from the facts in its prompt.

It is no language model and says so (header `x-stand-in`). It picks the passage sentences nearest the question, states
the products and recommendations it was given, in the language asked, and adds no fact of its own. Where nothing fits it
says that it does not know and offers an agent.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from types import MappingProxyType

from local.standins.converse_request import ConverseRequest
from local.standins.language_model import Ended, TokenCounts
from local.standins.nearness import FITS, Nearness, nearest, sentences
from local.standins.phrases import PHRASES
from local.standins.prompt_reader import Language, Prompt, read_prompt
from local.standins.tokens import estimated_tokens, pieces

MAX_SENTENCES = 3
_QUOTED = 2
_LISTED = 3
# A passage's first sentence says what it is about: it wins over one as near.
_LEAD = 0.05
# A message that asks for nothing of the store's is likely to be near something all the same.
_WARY = 0.08
_QUESTION = re.compile(r"[?？。]$|か$")

Facts = Mapping[str, str]
Part = Callable[[Prompt, Nearness], list[str]]


class Composer:
    """A LanguageModel that answers at once. Its token counts are estimates."""

    stand_in = "composer of the prompt's own facts; not a language model"

    def __init__(self, near: Nearness) -> None:
        self._near = near

    async def speak(self, asked: ConverseRequest) -> AsyncIterator[str | Ended]:
        said = pieces(await asyncio.to_thread(compose, read_prompt(asked.question), self._near))
        bounded = said[: asked.inference.max_tokens]
        for piece in bounded:
            yield piece
        read = estimated_tokens(asked.read_before) + estimated_tokens(asked.question)
        yield Ended("end_turn" if len(bounded) == len(said) else "max_tokens", TokenCounts(read, len(bounded)))


def compose(prompt: Prompt, near: Nearness) -> str:
    """One to three sentences."""
    phrases = PHRASES[prompt.language]
    if prompt.intent == "chitchat":
        return phrases.chat
    found = [sentence for part in _PARTS.get(prompt.intent, _ANY) for sentence in part(prompt, near)]
    said = list(dict.fromkeys(found))[:MAX_SENTENCES] or [phrases.unknown, phrases.agent]
    return phrases.gap.join(said)


def _product(prompt: Prompt, _: Nearness) -> list[str]:
    """Price and availability of the first product: the catalogue's best match comes first."""
    if not prompt.products:
        return []
    facts = prompt.products[0]
    phrases = PHRASES[prompt.language]
    return _filled(phrases.priced, facts) + _filled(_stock_frame(facts, prompt.language), facts)


def _stock_frame(facts: Facts, language: Language) -> str:
    phrases = PHRASES[language]
    return phrases.not_in_stock if facts.get("stock") == "0" else phrases.in_stock


def _filled(frame: str, facts: Facts) -> list[str]:
    """The sentence, or none where a fact it needs was not given."""
    try:
        return [frame.format_map(facts)]
    except KeyError:
        return []


def _products(prompt: Prompt, _: Nearness) -> list[str]:
    return _listed(prompt, prompt.products, PHRASES[prompt.language].several)


def _recommendations(prompt: Prompt, _: Nearness) -> list[str]:
    return _listed(prompt, prompt.recommendations, PHRASES[prompt.language].suggested)


def _listed(prompt: Prompt, products: Sequence[Facts], frame: str) -> list[str]:
    if not products:
        return []
    phrases = PHRASES[prompt.language]
    titles = [phrases.entry.format_map(facts) if "price" in facts else facts["title"] for facts in products[:_LISTED]]
    return [frame.format(titles=phrases.separator.join(titles))]


def _topics(prompt: Prompt, _: Nearness) -> list[str]:
    """What the search of passages found, by title."""
    titles = [title for title, _ in prompt.passages if not _QUESTION.search(title)]
    phrases = PHRASES[prompt.language]
    return [phrases.found.format(titles=phrases.separator.join(titles[:_LISTED]))] if titles else []


def _passages(prompt: Prompt, near: Nearness) -> list[str]:
    """The sentences nearest the question of the passage that holds the nearest; a topic's title goes before them."""
    quotes = [_quoted(prompt, near, title, sentences(text)) for title, text in prompt.passages]
    best = max(quotes, key=lambda quote: quote[0], default=(0.0, []))
    return best[1]


def _quoted(prompt: Prompt, near: Nearness, title: str, said: list[str]) -> tuple[float, list[str]]:
    """How near a passage is, and what to quote of it. Sentences are read with the title; the first one leads."""
    scores = near.scores(prompt.question, [f"{title} {sentence}" for sentence in said])
    leading = [score + (_LEAD if position == 0 else 0) for position, score in enumerate(scores)]
    floor = FITS[prompt.language] + (_WARY if prompt.intent == "general" else 0)
    chosen = [said[i] for i in nearest(leading, _QUOTED, floor)]
    if chosen and not _QUESTION.search(title):
        chosen[0] = PHRASES[prompt.language].about.format(title=title, sentence=chosen[0])
    return max(leading, default=0.0), chosen


_ANY: tuple[Part, ...] = (_passages, _product)
_PARTS: Mapping[str, tuple[Part, ...]] = MappingProxyType(
    {
        "faq_policy": (_passages,),
        "purchase": (_product, _passages),
        "price_availability": (_product,),
        "release_date": (_product,),
        "product_question": (_passages, _product),
        "product_search": (_products, _topics),
        "recommendation": (_recommendations, _products),
    }
)
