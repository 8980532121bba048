"""The bodies of Converse and ConverseStream: what is taken, what is answered, and a stream that can break half-way."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from local.standins.event_stream import corrupted, event, exception
from local.standins.faults import HANG_S, Fault, Mode
from local.standins.language_model import Reply


class StreamCutError(Exception):
    """The connection is to be dropped here."""


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Content(_Closed):
    text: str | None = None
    cache_point: dict[str, Any] | None = Field(default=None, alias="cachePoint")


class _Message(_Closed):
    role: Literal["user", "assistant"]
    content: list[_Content] = Field(min_length=1)


class _Inference(_Closed):
    max_tokens: int = Field(default=4096, alias="maxTokens", ge=1)
    temperature: float | None = None
    top_p: float | None = Field(default=None, alias="topP")
    stop_sequences: list[str] = Field(default=[], alias="stopSequences")


class ConverseRequest(_Closed):
    """What of the Converse API is in use; anything else is refused."""

    messages: list[_Message] = Field(min_length=1)
    system: list[_Content] = []
    inference: _Inference = Field(default_factory=_Inference, alias="inferenceConfig")
    request_metadata: dict[str, str] = Field(default={}, alias="requestMetadata", max_length=16)
    service_tier: dict[str, str] | None = Field(default=None, alias="serviceTier")
    performance: dict[str, str] | None = Field(default=None, alias="performanceConfig")

    @property
    def question(self) -> str:
        """The last message's text."""
        return _joined(self.messages[-1].content)

    @property
    def read_before(self) -> str:
        """System text and earlier messages."""
        return "\n".join([_joined(self.system), *(_joined(message.content) for message in self.messages[:-1])])


def _joined(contents: list[_Content]) -> str:
    return "\n".join(content.text for content in contents if content.text)


@dataclass(frozen=True, slots=True)
class Pace:
    """Simulated speed of the language model, in milliseconds; 0 answers at once."""

    first_token_ms: float = 0
    token_ms: float = 0


def converse_body(reply: Reply, started: float) -> dict[str, Any]:
    """Converse's answer. `started` is a reading of time.monotonic."""
    content = [{"text": reply.text}] if reply.pieces else []
    return {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": reply.stop_reason,
        "usage": reply.usage,
        "metrics": {"latencyMs": _since(started)},
    }


async def converse_events(reply: Reply, pace: Pace, fault: Fault | None, started: float) -> AsyncIterator[bytes]:
    """ConverseStream's answer, event by event; raises StreamCutError where it is to break off."""
    mode = fault.mode if fault else None
    if fault and mode is Mode.SLOW_FIRST_TOKEN:
        await asyncio.sleep(fault.delay_s)
    yield event("messageStart", {"role": "assistant"})
    await asyncio.sleep(pace.first_token_ms / 1000)
    breaks_at = len(reply.pieces) // 2
    for position, piece in enumerate(reply.pieces):
        if position == breaks_at:
            async for broken in _broken(mode):
                yield broken
        yield event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": piece}})
        await asyncio.sleep(pace.token_ms / 1000)
    yield event("contentBlockStop", {"contentBlockIndex": 0})
    yield event("messageStop", {"stopReason": reply.stop_reason})
    yield event("metadata", {"usage": reply.usage, "metrics": {"latencyMs": _since(started)}})


async def _broken(mode: Mode | None) -> AsyncIterator[bytes]:
    """What a fault does half-way through a stream."""
    if mode is Mode.STALL:
        await asyncio.sleep(HANG_S)
    elif mode is Mode.CUT:
        raise StreamCutError
    elif mode is Mode.MALFORMED:
        yield corrupted(event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "…"}}))
    elif mode is Mode.WRONG_SCHEMA:
        yield event("unexpectedEvent", {"unexpected": True})
    elif mode is Mode.STREAM_ERROR:
        yield exception("modelStreamErrorException", "The model stream failed.")
        raise StreamCutError


def _since(started: float) -> int:
    return int((time.monotonic() - started) * 1000)
