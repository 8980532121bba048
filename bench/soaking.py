"""Turns in one process, batch after batch, with a reading of the process after each.

`python -m bench.soaking TOTAL` writes each as a line of JSON: the reading, and what was wrong with the batch.
"""

import asyncio
import gc
import json
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, dataclass

import psutil

from bench.in_process import Outcome, Turns, pipeline
from bench.verify import mistakes

BATCH = 500
AT_ONCE = 50
STRETCH = 200.0
SLOWNESS = 50.0
BURST = 2_000_000
MIB = 2**20


@dataclass(frozen=True)
class Reading:
    """The process between two batches, when no turn runs."""

    turns: int
    rss_mib: float
    threads: int
    processes: int
    files: int
    tasks: int
    records: int


async def soak(turns: Turns, *, total: int, batch: int, at_once: int) -> AsyncIterator[tuple[Reading, list[str]]]:
    """A reading after each batch, and what was wrong with its turns."""
    for first in range(0, total, batch):
        found = await _batch(turns, iter(range(first, first + batch)), at_once)
        turns.forget()
        yield await _reading(turns, first + batch), found


async def all_at_once(turns: Turns, at_once: int) -> None:
    """Start as many threads as so many turns can ever want, so that none is started later."""
    turns.cloud.slowness = SLOWNESS
    await asyncio.gather(*(turns.take(BURST + number) for number in range(at_once)))
    turns.cloud.slowness = 1.0
    turns.forget()


async def _batch(turns: Turns, numbers: Iterator[int], at_once: int) -> list[str]:
    clients = await asyncio.gather(*(_client(turns, numbers) for _ in range(at_once)))
    return mistakes(turns, [outcome for client in clients for outcome in client])


async def _client(turns: Turns, numbers: Iterator[int]) -> list[Outcome]:
    return [await turns.take(number) for number in numbers]


async def _reading(turns: Turns, done: int) -> Reading:
    process = psutil.Process()
    for machine in turns.machines:
        await machine.compiled.drain()
    gc.collect()
    return Reading(
        turns=done,
        rss_mib=process.memory_info().rss / MIB,
        threads=process.num_threads(),
        processes=len(process.children(recursive=True)),
        files=process.num_fds(),
        tasks=len(asyncio.all_tasks()) - 1,
        records=sum(1 for machine in turns.machines for _ in machine.executions),
    )


async def main(total: int) -> None:
    async with pipeline(at_once=AT_ONCE, stretch=STRETCH) as turns:
        await all_at_once(turns, AT_ONCE)
        async for reading, found in soak(turns, total=total, batch=BATCH, at_once=AT_ONCE):
            print(json.dumps({"reading": asdict(reading), "mistakes": found}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
