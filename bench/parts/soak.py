"""Twenty thousand turns in one process: whatever is kept for a turn must go again."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from statistics import median

from bench.in_process import FUNCTIONS_A_TURN
from bench.processes import next_line, process
from bench.results import Goal, Result, Say
from bench.soaking import AT_ONCE, BATCH, Reading
from local.executions import EXECUTIONS_KEPT

TURNS = 20_000
BATCH_S = 300.0
WARM_UP_SHARE = 0.2
ROWS_SHOWN = 12
SHOWN = 10
# A thread for each invocation and one for its call, and what the process has of its own.
MOST_THREADS = 2 * AT_ONCE * FUNCTIONS_A_TURN + 20
# glibc keeps freed memory for each thread: growth, as it looks, for as long as hundreds of threads fill their caches.
ALLOCATOR = {"GLIBC_TUNABLES": "glibc.malloc.tcache_count=0:glibc.malloc.arena_max=1"}


async def measure(say: Say) -> Result:
    say("warming up")
    readings: list[Reading] = []
    found: list[str] = []
    async with process(sys.executable, "-m", "bench.soaking", str(TURNS), environment=ALLOCATOR) as soaking:
        while not readings or readings[-1].turns < TURNS:
            line = await next_line(soaking, BATCH_S)
            readings.append(Reading(**line["reading"]))
            found += line["mistakes"]
            say(f"{readings[-1].turns:,} of {TURNS:,} turns, {readings[-1].rss_mib:.0f} MiB, {len(found)} mistakes")
    every = max(1, len(readings) // ROWS_SHOWN)
    return Result(
        columns=("turns", "RSS, MiB", "threads", "processes", "files", "tasks", "records"),
        rows=[tuple(asdict(reading).values()) for reading in readings[every - 1 :: every]],
        goals=goals(readings, len(found), MOST_THREADS),
        notes=[
            f"{AT_ONCE} turns at once; read every {BATCH} turns, when none runs, with what they saved let go as after "
            f"a day. Warm-up: the first {WARM_UP_SHARE:.0%}. The allocator keeps nothing for single threads.",
            *found[:SHOWN],
        ],
        details={"readings": [asdict(reading) for reading in readings]},
    )


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
