"""Processes that a measurement talks to, a line of JSON at a time."""

import asyncio
import json
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from bench.results import UnmeasurableError

LINE_LIMIT = 16 * 1024 * 1024


@asynccontextmanager
async def process(*command: str, environment: Mapping[str, str] | None = None) -> AsyncIterator[Process]:
    """A process with the project on its path, ended when this is left."""
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join(["functions", "."]), **(environment or {})}
    running = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, env=variables, limit=LINE_LIMIT)
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


async def next_line(running: Process, seconds: float) -> Any:
    """What its next line of output holds; raises UnmeasurableError when it has ended, or takes longer."""
    assert running.stdout is not None
    try:
        line = await asyncio.wait_for(running.stdout.readline(), seconds)
    except TimeoutError:
        raise UnmeasurableError(f"a process said nothing for {seconds:.0f} s") from None
    if not line:
        raise UnmeasurableError(f"a process ended with {await running.wait()}: its own output says why")
    return json.loads(line)
