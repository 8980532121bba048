"""What a language model behind Converse is: it speaks in pieces, then says how it ended."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal, Protocol

from local.standins.converse_request import ConverseRequest

StopReason = Literal["end_turn", "max_tokens"]


class ModelFailedError(Exception):
    """The model did not answer, or not to its end."""


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """What a reply cost. `input` leaves out what was `cached`."""

    input: int
    output: int
    cached: int = 0

    @property
    def reported(self) -> dict[str, int]:
        """As Converse reports it."""
        counts = {"inputTokens": self.input, "outputTokens": self.output, "cacheReadInputTokens": self.cached}
        return {**counts, "totalTokens": sum(counts.values())}


@dataclass(frozen=True, slots=True)
class Ended:
    """The last that comes of a reply."""

    stop_reason: StopReason
    usage: TokenCounts


@dataclass(frozen=True, slots=True)
class Reply:
    """A finished reply."""

    pieces: tuple[str, ...]
    ended: Ended

    @property
    def text(self) -> str:
        return "".join(self.pieces)


class LanguageModel(Protocol):
    """`stand_in` says what it is, for the header of each answer."""

    @property
    def stand_in(self) -> str: ...

    def speak(self, asked: ConverseRequest) -> AsyncIterator[str | Ended]:
        """The reply as it comes, at last its end. An empty piece says that the model still reads.

        Raises ModelFailedError.
        """


async def whole(speech: AsyncIterator[str | Ended]) -> Reply:
    """The reply once it has ended; raises ModelFailedError."""
    pieces: list[str] = []
    ended: Ended | None = None
    async for part in speech:
        if isinstance(part, Ended):
            ended = part
        elif part:
            pieces.append(part)
    if ended is None:
        raise ModelFailedError("the model's reply has no end")
    return Reply(tuple(pieces), ended)
