"""Twenty thousand turns in one process: whatever is kept for a turn must go again."""

import asyncio
import gc
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import count
from statistics import median

import psutil

from bench.in_process import FUNCTIONS_A_TURN, Outcome, Turns, pipeline
from bench.results import Goal, Result, Say
from bench.verify import mistakes
from local.executions import EXECUTIONS_KEPT

TURNS = 20_000
BATCH = 500
AT_ONCE = 50
STRETCH = 200.0
WARM_UP_SHARE = 0.2
SLOWNESS = 50.0
BURST = 2_000_000
ROWS_SHOWN = 12
SHOWN = 10
MIB = 2**20
# A thread for each invocation and one for its call, and what the process has of its own.
MOST_THREADS = 2 * AT_ONCE * FUNCTIONS_A_TURN + 20


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


async def measure(say: Say) -> Result:
    say("warming up")
    async with pipeline(at_once=AT_ONCE, stretch=STRETCH) as turns:
        await all_at_once(turns, AT_ONCE)
        readings, found = await soak(turns, total=TURNS, batch=BATCH, at_once=AT_ONCE, say=say)
    every = max(1, len(readings) // ROWS_SHOWN)
    rows = [tuple(asdict(reading).values()) for reading in readings[every - 1 :: every]]
    return Result(
        columns=("turns", "RSS, MiB", "threads", "processes", "files", "tasks", "records"),
        rows=rows,
        goals=goals(readings, len(found), MOST_THREADS),
        notes=[
            f"{AT_ONCE} turns at once; read every {BATCH} turns, when none runs, with what they saved let go as after "
            f"a day. Warm-up: the first {WARM_UP_SHARE:.0%}.",
            *found[:SHOWN],
        ],
        details={"readings": [asdict(reading) for reading in readings]},
    )


async def all_at_once(turns: Turns, at_once: int) -> None:
    """Start as many threads as so many turns can ever want, so that none is started later."""
    turns.cloud.slowness = SLOWNESS
    await asyncio.gather(*(turns.take(BURST + number) for number in range(at_once)))
    turns.cloud.slowness = 1.0
    turns.forget()


async def soak(turns: Turns, *, total: int, batch: int, at_once: int, say: Say) -> tuple[list[Reading], list[str]]:
    """Take turns in batches: a reading after each, and what was wrong with any."""
    readings, found, numbers = [], [], count()
    for done in range(batch, total + 1, batch):
        due = iter([next(numbers) for _ in range(batch)])
        outcomes = [
            one for client in await asyncio.gather(*(_client(turns, due) for _ in range(at_once))) for one in client
        ]
        found += mistakes(turns, outcomes)
        turns.forget()
        del outcomes
        readings.append(await _reading(turns, done))
        say(f"{done:,} of {total:,} turns, {readings[-1].rss_mib:.0f} MiB, {len(found)} mistakes")
    return readings, found


def goals(readings: Sequence[Reading], wrong: int, most_threads: int) -> list[Goal]:
    """What must hold after the warm-up."""
    warm = readings[round(len(readings) * WARM_UP_SHARE) :]
    quarter = max(1, len(warm) // 4)
    first, last = (median(one.rss_mib for one in part) for part in (warm[:quarter], warm[-quarter:]))
    return [
        Goal("wrong, lost, doubled or mixed-up turns", wrong, 0, binding=True),
        Goal("growth of RSS, last quarter over first", (last / first - 1) * 100, 10, "%", binding=True),
        Goal("most threads", max(one.threads for one in warm), most_threads, binding=True),
        Goal("processes left", max(one.processes for one in warm), warm[0].processes, binding=True),
        Goal("growth of open files", max(one.files for one in warm) - warm[0].files, 0, binding=True),
        Goal("tasks left between batches", max(one.tasks for one in warm), 0, binding=True),
        Goal("records kept", max(one.records for one in warm), EXECUTIONS_KEPT, binding=True),
    ]


async def _client(turns: Turns, numbers: Iterator[int]) -> list[Outcome]:
    return [await turns.take(number) for number in numbers]


async def _reading(turns: Turns, done: int) -> Reading:
    gc.collect()
    process = psutil.Process()
    for machine in turns.machines:
        await machine.compiled.drain()
    return Reading(
        turns=done,
        rss_mib=process.memory_info().rss / MIB,
        threads=process.num_threads(),
        processes=len(process.children(recursive=True)),
        files=process.num_fds(),
        tasks=len(asyncio.all_tasks()) - 1,
        records=sum(1 for machine in turns.machines for _ in machine.executions),
    )
