"""A thousand turns at once through the deployed workflow and handlers in this process."""

import asyncio
import time

import psutil

from bench.in_process import pipeline
from bench.latencies import MS
from bench.results import Goal, Result, Say
from bench.samples import percentile
from bench.verify import mistakes

TURNS = 1_000
STRETCH = 200.0
SHOWN = 10
MIB = 2**20


async def measure(say: Say) -> Result:
    say("warming up")
    async with pipeline(at_once=TURNS, stretch=STRETCH) as turns:
        say(f"{TURNS} turns at once")
        process = psutil.Process()
        started, used = time.perf_counter(), sum(process.cpu_times()[:2])
        outcomes = await asyncio.gather(*(turns.take(number) for number in range(TURNS)))
        wall, cpu = time.perf_counter() - started, sum(process.cpu_times()[:2]) - used
        found = mistakes(turns, outcomes)
        memory = process.memory_info().rss / MIB
    ms = [one.ms for one in outcomes]
    rows = [
        (f"{TURNS:,} turns at once, all ended after", f"{wall:.1f} s"),
        ("turns a second", f"{TURNS / wall:.1f}"),
        ("a turn, p50 and p99", f"{percentile(ms, 0.5) / 1000:.1f} s and {percentile(ms, 0.99) / 1000:.1f} s"),
        ("processor time a turn", f"{cpu / TURNS * 1000:.1f} ms"),
        ("memory", f"{memory:.0f} MiB"),
        ("turns that met a failing dependency, and said so", str(sum(bool(one.kind.degraded) for one in outcomes))),
    ]
    return Result(
        columns=("deployed ASL and handlers, one process", "measured"),
        rows=rows,
        goals=[Goal("wrong, lost, doubled or mixed-up turns", len(found), 0, binding=True)],
        notes=[
            f"Limits are stretched {STRETCH:.0f} times: one interpreter does the work of thousands of execution "
            "environments, so a turn's time here is waiting for the processor.",
            f"Dependencies take {', '.join(f'{name} {ms}' for name, ms in MS.items())} ms.",
            *found[:SHOWN],
        ],
        details={"turns": TURNS, "wall_s": wall, "ms": {"p50": percentile(ms, 0.5), "p99": percentile(ms, 0.99)}},
    )
