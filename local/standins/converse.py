"""The bodies that Converse and ConverseStream answer, and a stream that can break half-way."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from local.standins.event_stream import corrupted, event, exception
from local.standins.fault_catalogue import Mode
from local.standins.faults import HANG_S, Fault
from local.standins.language_model import Ended, ModelFailedError, Reply, whole

# What happens half-way can happen only once it is known where that is.
_BREAKING = frozenset({Mode.STALL, Mode.CUT, Mode.MALFORMED, Mode.WRONG_SCHEMA, Mode.STREAM_ERROR})


class StreamCutError(Exception):
    """The connection is to be dropped here."""


def converse_body(reply: Reply, started: float) -> dict[str, Any]:
    """Converse's answer. `started` is a reading of time.monotonic."""
    return {
        "output": {"message": {"role": "assistant", "content": [{"text": reply.text}] if reply.text else []}},
        "stopReason": reply.ended.stop_reason,
        "usage": reply.ended.usage.reported,
        "metrics": {"latencyMs": _since(started)},
    }


async def converse_events(
    speech: AsyncIterator[str | Ended], fault: Fault | None, started: float
) -> AsyncIterator[bytes]:
    """ConverseStream's answer, event by event; raises StreamCutError where it is to break off."""
    if fault and fault.mode is Mode.SLOW_FIRST_TOKEN:
        await asyncio.sleep(fault.delay_s)
    yield event("messageStart", {"role": "assistant"})
    try:
        async for part in _broken_half_way(speech, fault) if fault else speech:
            for one in [part] if isinstance(part, bytes) else _events(part, started):
                yield one
    except ModelFailedError as error:
        yield exception("modelStreamErrorException", str(error))
        raise StreamCutError from error


def _events(part: str | Ended, started: float) -> list[bytes]:
    if isinstance(part, str):
        return [event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": part}})]
    return [
        event("contentBlockStop", {"contentBlockIndex": 0}),
        event("messageStop", {"stopReason": part.stop_reason}),
        event("metadata", {"usage": part.usage.reported, "metrics": {"latencyMs": _since(started)}}),
    ]


async def _broken_half_way(speech: AsyncIterator[str | Ended], fault: Fault) -> AsyncIterator[str | Ended | bytes]:
    """The speech, with what the fault does in the middle of it."""
    if fault.mode not in _BREAKING:
        async for part in speech:
            yield part
        return
    reply = await whole(speech)
    broken_at = int(len(reply.pieces) * fault.after)
    for piece in reply.pieces[:broken_at]:
        yield piece
    async for broken in _broken(fault.mode):
        yield broken
    for piece in reply.pieces[broken_at:]:
        yield piece
    yield reply.ended


async def _broken(mode: Mode) -> AsyncIterator[bytes]:
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
