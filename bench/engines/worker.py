"""The measuring side: a worker process, told what to run."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench.results import UnmeasurableError

START_S = 60.0
TURNS_S = 300.0
LINE_LIMIT = 4 * 1024 * 1024


@dataclass(frozen=True)
class Worker:
    """A running worker."""

    process: asyncio.subprocess.Process

    async def run(self, turns: int, at_once: int) -> list[float]:
        """Milliseconds a turn; raises UnmeasurableError when the worker has ended."""
        reader, writer = self.process.stdout, self.process.stdin
        assert reader is not None
        assert writer is not None
        writer.write(f"{turns} {at_once}\n".encode())
        await writer.drain()
        line = await asyncio.wait_for(reader.readline(), TURNS_S)
        if not line:
            raise UnmeasurableError(f"the worker ended with {await self.process.wait()}: its own output says why")
        milliseconds: list[float] = json.loads(line)
        return milliseconds


@asynccontextmanager
async def worker(command: Sequence[str]) -> AsyncIterator[Worker]:
    """Start a worker and wait until it is ready; raises UnmeasurableError."""
    pipe = asyncio.subprocess.PIPE
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(["functions", "."])}
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, env=environment, limit=LINE_LIMIT)
    try:
        assert process.stdout is not None
        ready = await asyncio.wait_for(process.stdout.readline(), START_S)
        if ready != b"ready\n":
            raise UnmeasurableError(f"{' '.join(command)} did not start: its own output says why")
        yield Worker(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
