"""llama.cpp's server as far as it is in use, without a model."""

import json
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from local.standins.transport import new_app


class FakeLlama:
    """Answers every request with the same tokens, after some pings; keeps what it was sent.

    `ends` False breaks the stream off after the tokens.
    """

    def __init__(self, tokens: Sequence[str], *, finish: str = "stop", ends: bool = True, status: int = 200) -> None:
        self.sent: list[dict[str, Any]] = []
        self._tokens, self._finish, self._ends, self._status = tokens, finish, ends, status

    def application(self) -> web.Application:
        app = new_app()
        app.router.add_post("/v1/chat/completions", self._complete)
        return app

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        self.sent.append(await request.json())
        if self._status != 200:
            return web.json_response({"error": {"message": "the prompt is too long"}}, status=self._status)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b":\n\n:\n\n")
        await response.write(_chunk({"role": "assistant", "content": None}))
        for token in self._tokens:
            await response.write(_chunk({"content": token}))
        if self._ends:
            await response.write(_chunk({}, self._finish))
            usage = {"prompt_tokens": 50, "completion_tokens": len(self._tokens)}
            details = {"prompt_tokens_details": {"cached_tokens": 30}}
            await response.write(_data({"choices": [], "usage": {**usage, **details}}) + b"data: [DONE]\n\n")
        return response


def _chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
    return _data({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})


def _data(body: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(body)}\n\n".encode()
