"""What a reply says, with a fault of wording: the model's own words, bent."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace

from local.standins.converse_request import ConverseRequest
from local.standins.fault_catalogue import Mode
from local.standins.faults import Fault
from local.standins.language_model import Ended, LanguageModel, Reply, whole
from local.standins.prompt_reader import Language, in_another_language, read_prompt
from local.standins.tokens import pieces

_AMOUNT = re.compile(r"\d[\d,]*(?:\.\d+)?(?=円)|(?<=[$¥￥])\d[\d,]*(?:\.\d+)?")
_OVER_LONG_TIMES = 40
_INVENTED_PRICE = {"en": " It costs $1.23.", "ja": "価格は123円です。"}
_BENDING = frozenset({Mode.EMPTY, Mode.WRONG_PRICE, Mode.OVER_LONG, Mode.TRUNCATED})


async def spoken(model: LanguageModel, asked: ConverseRequest, fault: Fault | None) -> AsyncIterator[str | Ended]:
    """The model's speech as it comes, or the bent one once it is whole; raises ModelFailedError."""
    mode = fault.mode if fault else None
    if mode is Mode.WRONG_LANGUAGE:
        asked = asked.asking(in_another_language(asked.question))
    speech = model.speak(asked)
    if mode not in _BENDING:
        async for part in speech:
            yield part
        return
    reply = _bent(await whole(speech), asked, mode)
    for piece in reply.pieces:
        yield piece
    yield reply.ended


def _bent(reply: Reply, asked: ConverseRequest, mode: Mode | None) -> Reply:
    said = tuple(pieces(_reworded(reply.text, read_prompt(asked.question).language, mode)))
    bound = asked.inference.max_tokens
    limits = {Mode.OVER_LONG: len(said), Mode.TRUNCATED: min(bound, len(said) // 2)}
    limit = limits.get(mode, bound) if mode else bound
    kept = said[:limit]
    cut = len(kept) < len(said)
    usage = replace(reply.ended.usage, output=len(kept))
    return Reply(kept, Ended("max_tokens" if cut else "end_turn", usage))


def _reworded(text: str, language: Language, mode: Mode | None) -> str:
    if mode is Mode.EMPTY:
        return ""
    if mode is Mode.WRONG_PRICE:
        return _AMOUNT.sub(lambda amount: amount[0] + "7", text) + _INVENTED_PRICE[language]
    return " ".join([text] * _OVER_LONG_TIMES) if mode is Mode.OVER_LONG else text
