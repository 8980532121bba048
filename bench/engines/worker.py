"""The measuring side: a worker process, told what to run."""

from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench.processes import next_line, process

START_S = 60.0
TURNS_S = 300.0


@dataclass(frozen=True)
class Worker:
    """A running worker."""

    process: Process

    async def run(self, turns: int, at_once: int) -> list[float]:
        """Milliseconds a turn; raises UnmeasurableError when the worker has ended."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{turns} {at_once}\n".encode())
        await self.process.stdin.drain()
        milliseconds: list[float] = await next_line(self.process, TURNS_S)
        return milliseconds


@asynccontextmanager
async def worker(command: Sequence[str]) -> AsyncIterator[Worker]:
    """Start a worker and wait until it is ready; raises UnmeasurableError."""
    async with process(*command) as running:
        await next_line(running, START_S)
        yield Worker(running)
