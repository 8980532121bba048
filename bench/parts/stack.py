"""How many callers at once the running stack answers within the deadline: worker processes, moto, real models."""

import asyncio
import itertools
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bench.results import Cell, Goal, Result, Say, UnmeasurableError
from bench.samples import percentile
from local.errors import StackError
from local.settings import StackSettings
from local.stack import Stack

DEADLINE_MS = 2_800
STEPS = (1, 2, 4, 8, 16, 32, 64)
TURNS_A_CLIENT = 5
LEAST_TURNS = 24
WARM_UP = 8
EVENTS = Path("events/chat_turn")
OK = 200
NOT_A_MESSAGE = "refused"


@dataclass(frozen=True)
class Step:
    """What so many clients saw, each of which asks again as soon as it is answered."""

    clients: int
    ms: list[float]
    failed: int
    degraded: int
    seconds: float

    @property
    def keeps_the_deadline(self) -> bool:
        return self.failed == 0 and percentile(self.ms, 0.99) <= DEADLINE_MS


async def measure(say: Say) -> Result:
    say("starting the stack")
    try:
        return await _measured(say)
    except StackError as error:
        raise UnmeasurableError(str(error)) from error


async def _measured(say: Say) -> Result:
    async with Stack(StackSettings(root=Path.cwd(), port=0)) as stack, aiohttp.ClientSession(stack.url) as http:
        messages = itertools.cycle(_messages())
        await _step(http, messages, clients=2, turns=WARM_UP)
        steps: list[Step] = []
        for clients in STEPS:
            say(f"{clients} clients")
            steps.append(await _step(http, messages, clients, max(LEAST_TURNS, clients * TURNS_A_CLIENT)))
            if not steps[-1].keeps_the_deadline:
                break
    return _result(steps)


def _result(steps: list[Step]) -> Result:
    within = [step.clients for step in steps if step.keeps_the_deadline]
    rows: list[list[Cell]] = [
        [
            str(step.clients),
            percentile(step.ms, 0.5),
            percentile(step.ms, 0.99),
            f"{step.degraded / len(step.ms):.0%}",
            step.failed,
            len(step.ms) / step.seconds,
        ]
        for step in steps
    ]
    return Result(
        columns=("callers at once", "p50, ms", "p99, ms", "degraded", "failed", "turns a second"),
        rows=rows,
        goals=[Goal("callers at once within the deadline", max(within, default=0), 1, at_least=True)],
        notes=[
            f"Within: every turn answered, p99 at most {DEADLINE_MS:,} ms. Messages of events/chat_turn; a caller "
            "asks again as soon as it is answered. Degraded: a step had a fallback, mostly for want of processor time.",
            "The whole cloud, its models included, runs beside the callers on this machine.",
        ],
    )


async def _step(http: aiohttp.ClientSession, messages: Iterator[str], clients: int, turns: int) -> Step:
    ms: list[float] = []
    outcomes: list[tuple[int, Any]] = []
    left = iter(range(turns))

    async def client() -> None:
        for _ in left:
            started = time.perf_counter()
            async with http.post(
                "/chat", data=next(messages), headers={"Content-Type": "application/json"}
            ) as response:
                outcomes.append((response.status, await response.json()))
            ms.append((time.perf_counter() - started) * 1000)

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    failed = sum(status != OK for status, _ in outcomes)
    degraded = sum(bool(answer.get("degraded")) for _, answer in outcomes)
    return Step(clients, ms, failed, degraded, time.perf_counter() - started)


def _messages() -> list[str]:
    """The bodies of the events that are answered, from guests."""
    events = [path for path in sorted(EVENTS.glob("*.json")) if not path.stem.startswith(NOT_A_MESSAGE)]
    return [str(json.loads(path.read_text(encoding="utf-8"))["body"]) for path in events]
