"""One reply of the language-model stand-in: its text, its end, its token counts, and how a fault bends it."""

import re
from dataclasses import dataclass, replace
from typing import Literal

from local.standins.composer import compose
from local.standins.faults import Fault, Mode
from local.standins.nearness import Nearness
from local.standins.prompt_reader import Language, read_prompt
from local.standins.tokens import estimated_tokens, pieces

StopReason = Literal["end_turn", "max_tokens"]
_OTHER: dict[Language, Language] = {"en": "ja", "ja": "en"}
_AMOUNT = re.compile(r"\d[\d,]*(?:\.\d+)?(?=円)|(?<=[$¥￥])\d[\d,]*(?:\.\d+)?")
_OVER_LONG_TIMES = 40
_INVENTED_PRICE = {"en": " It costs $1.23.", "ja": "価格は123円です。"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A finished reply. Token counts are estimates."""

    pieces: tuple[str, ...]
    stop_reason: StopReason
    input_tokens: int

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def usage(self) -> dict[str, int]:
        """As Converse reports it."""
        output = len(self.pieces)
        return {"inputTokens": self.input_tokens, "outputTokens": output, "totalTokens": self.input_tokens + output}


def reply_to(question: str, read_before: str, max_tokens: int, near: Nearness, fault: Fault | None) -> Reply:
    """The reply to the last user message; `read_before` (system text, earlier messages) counts as input only."""
    mode = fault.mode if fault else None
    prompt = read_prompt(question)
    if mode is Mode.WRONG_LANGUAGE:
        prompt = replace(prompt, language=_OTHER[prompt.language], passages=())
    said = _bent(compose(prompt, near), prompt.language, mode)
    spoken, whole = _bounded(said, max_tokens, mode)
    return Reply(
        pieces=spoken,
        stop_reason="end_turn" if whole else "max_tokens",
        input_tokens=estimated_tokens(read_before) + estimated_tokens(question),
    )


def _bent(text: str, language: Language, mode: Mode | None) -> str:
    if mode is Mode.EMPTY:
        return ""
    if mode is Mode.WRONG_PRICE:
        return _AMOUNT.sub(lambda amount: amount[0] + "7", text) + _INVENTED_PRICE[language]
    return " ".join([text] * _OVER_LONG_TIMES) if mode is Mode.OVER_LONG else text


def _bounded(text: str, max_tokens: int, mode: Mode | None) -> tuple[tuple[str, ...], bool]:
    """The pieces that fit, and whether all did; an over-long reply ignores the bound, a truncated one halves it."""
    all_pieces = tuple(pieces(text))
    if mode is Mode.OVER_LONG:
        return all_pieces, True
    limit = min(max_tokens, len(all_pieces) // 2) if mode is Mode.TRUNCATED else max_tokens
    return all_pieces[:limit], len(all_pieces) <= limit
