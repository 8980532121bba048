"""The worker's side: a worker may run under a Python that has none of this project's packages."""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable

Turn = Callable[[], Awaitable[float | None]]
"""Runs one turn; gives its milliseconds where it knows them better than whoever waits for it."""


async def serve(turn: Turn) -> None:
    """Run turns until the input ends."""
    print(json.dumps("ready"), flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        turns, at_once = map(int, line.split())
        print(json.dumps(await _measured(turn, turns, at_once)), flush=True)


async def _measured(turn: Turn, turns: int, at_once: int) -> list[float]:
    milliseconds: list[float] = []

    async def client() -> None:
        for _ in range(turns // at_once):
            started = time.perf_counter()
            reported = await turn()
            milliseconds.append((time.perf_counter() - started) * 1000 if reported is None else reported)

    await asyncio.gather(*(client() for _ in range(at_once)))
    return milliseconds
