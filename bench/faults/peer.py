"""LiteLLM's Router, asked the same while the same language models fail."""

import json
import shutil
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bench.faults.stack import Asked
from bench.faults.ways import CUT, FAILED, UNNOTICED, Answered
from bench.processes import next_line, process
from local.standins.faults import Fault
from mangaassist.policy.deadline import CHECKING_AND_SAVING_MS, REFERENCE_MS

PYTHON = Path(".venv-bench/bin/python")
START_S, ANSWER_S = 120.0, 90.0
GENERATION_MS = REFERENCE_MS - CHECKING_AND_SAVING_MS
MISSING = f"LiteLLM: not measured, {PYTHON} is missing or has no litellm: make {PYTHON.parts[0]}"
QUESTION = {
    "system": "Answer from the passages, in the language named.",
    "question": (
        '<passages><passage id="alaska" title="Shipping to Alaska">We ship to Alaska. Parcels take ten days. Postage'
        " is $8.95.</passage></passages><intent>faq_policy</intent><language>en</language>"
        "<question>Do you ship to Alaska and how long does it take?</question>"
    ),
    "max_tokens": 300,
}


class Router:
    """A running Router with two models; one stand-in answers for both."""

    def __init__(self, running: Process, stack: Asked) -> None:
        self._running, self._stack = running, stack
        self._calm: dict[str, Any] = {}

    async def calm_down(self) -> None:
        for _ in range(3):
            self._calm = await self._ask()

    async def meeting(self, fault: Fault) -> Answered:
        """What its caller gets while the fault is there."""
        self._stack.switch_on([fault])
        try:
            answer = await self._ask()
        finally:
            self._stack.switch_off()
        return Answered(answer["ms"], self._way(answer), latest_ms=GENERATION_MS)

    def _way(self, answer: dict[str, Any]) -> str:
        if answer["error"]:
            return FAILED
        if answer["text"] != self._calm["text"]:
            # A reason of "length" says that it was cut, if somebody looks.
            return CUT if answer["finish_reason"] != "stop" else UNNOTICED
        return "=" if answer["model"] == self._calm["model"] else "f"

    async def _ask(self) -> dict[str, Any]:
        assert self._running.stdin is not None
        self._running.stdin.write(json.dumps(QUESTION).encode() + b"\n")
        await self._running.stdin.drain()
        answer: dict[str, Any] = await next_line(self._running, ANSWER_S)
        return answer


@asynccontextmanager
async def router(stack: Asked) -> AsyncIterator[Router | None]:
    """Before the stack's own language models; None where LiteLLM cannot be had."""
    if not _is_there():
        yield None
        return
    arguments = (await stack.bedrock_url(), *stack.language_models, str(GENERATION_MS))
    async with process(str(PYTHON), "-m", "bench.faults.litellm_router", *arguments) as running:
        await next_line(running, START_S)
        asking = Router(running, stack)
        await asking.calm_down()
        yield asking


def _is_there() -> bool:
    return shutil.which(PYTHON) is not None and any(Path(PYTHON.parts[0]).glob("lib/python*/site-packages/litellm"))
