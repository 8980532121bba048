"""A LanguageModel that speaks with llama.cpp's OpenAI-compatible server."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp

from local.standins.converse_request import ConverseRequest
from local.standins.language_model import Ended, ModelFailedError, StopReason, TokenCounts

_OK = 200
_DATA, _DONE, _PING = b"data: ", b"[DONE]", b":"
_STOPPED: dict[str, StopReason] = {"stop": "end_turn", "length": "max_tokens"}
_CONNECT_S = 5


class Qwen:
    """Qwen2.5-Coder-0.5B-Instruct behind a URL. Greedy where no temperature is asked for, so that it repeats itself."""

    stand_in = "Qwen2.5-Coder-0.5B-Instruct, 4-bit, on llama.cpp; not Claude"

    def __init__(self, url: str) -> None:
        self._url = f"{url}/v1/chat/completions"

    async def speak(self, asked: ConverseRequest) -> AsyncIterator[str | Ended]:
        """Its tokens as they come; an empty piece for each sign of life while it reads."""
        timeout = aiohttp.ClientTimeout(total=None, connect=_CONNECT_S)
        stop_reason: StopReason | None = None
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as client,
                client.post(self._url, json=_request(asked)) as answer,
            ):
                if answer.status != _OK:
                    raise ModelFailedError(f"Qwen answered {answer.status}: {await answer.text()}")
                async for line in answer.content:
                    if line.startswith(_PING):
                        yield ""
                    chunk = _chunk(line)
                    for choice in chunk.get("choices", []):
                        stop_reason = _STOPPED.get(choice["finish_reason"], stop_reason)
                        if text := choice["delta"].get("content"):
                            yield text
                    if "usage" in chunk and stop_reason:
                        yield Ended(stop_reason, _counts(chunk["usage"]))
                        return
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError) as error:
            raise ModelFailedError(f"Qwen did not answer: {error!r}") from error
        raise ModelFailedError("Qwen's stream ended before its reply")


def _request(asked: ConverseRequest) -> dict[str, Any]:
    system = [("system", asked.system_text)] if asked.system_text else []
    messages = [*system, *asked.spoken_before, ("user", asked.question)]
    inference = asked.inference
    return {
        "messages": [{"role": role, "content": text} for role, text in messages],
        "max_tokens": inference.max_tokens,
        "temperature": inference.temperature or 0,
        **({} if inference.top_p is None else {"top_p": inference.top_p}),
        "stop": inference.stop_sequences,
        "cache_prompt": True,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def _chunk(line: bytes) -> dict[str, Any]:
    """An event's data; empty for a line that holds none."""
    if not line.startswith(_DATA) or line.startswith(_DATA + _DONE):
        return {}
    found: dict[str, Any] = json.loads(line.removeprefix(_DATA))
    return found


def _counts(usage: dict[str, Any]) -> TokenCounts:
    cached = usage.get("prompt_tokens_details", {}).get("cached_tokens", 0)
    return TokenCounts(usage["prompt_tokens"] - cached, usage["completion_tokens"], cached)
