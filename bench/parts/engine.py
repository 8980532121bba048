"""The engine's overhead a turn: the longest route with functions that answer at once, beside other engines."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.engines.worker import Worker, worker
from bench.results import Cell, Goal, Result, Say
from bench.samples import of_rounds

ROUNDS = 3
AT_ONCE = (1, 8)
LANGGRAPH_PYTHON = Path(".venv-bench/bin/python")
GOAL_MS = 1.0
GOAL_TIMES_MOTO = 50.0
Samples = dict[tuple[str, int], list[list[float]]]


@dataclass(frozen=True)
class Engine:
    """A competitor: how it is started, and how many turns a round it is given."""

    name: str
    command: Sequence[str]
    turns: int
    needs: Path = field(default=Path(sys.executable))


OURS, TWIN, MOTO, LANGGRAPH = "ours, chat_turn", "ours, twin", "moto, twin", "LangGraph"
ENGINES = (
    Engine(OURS, (sys.executable, "-m", "bench.engines.ours", "real"), 400),
    Engine(TWIN, (sys.executable, "-m", "bench.engines.ours", "twin"), 400),
    Engine(MOTO, (sys.executable, "-m", "bench.engines.moto_engine"), 8),
    Engine(LANGGRAPH, (str(LANGGRAPH_PYTHON), "-m", "bench.engines.langgraph_engine"), 400, LANGGRAPH_PYTHON),
)


async def measure(say: Say) -> Result:
    missing = [engine for engine in ENGINES if shutil.which(engine.needs) is None]
    samples: Samples = {}
    async with AsyncExitStack() as workers:
        running: list[tuple[Engine, Worker]] = []
        for engine in ENGINES:
            if engine not in missing:
                say(f"starting {engine.name}")
                running.append((engine, await workers.enter_async_context(worker(engine.command))))
        for number in range(ROUNDS + 1):
            for engine, process in running:
                for at_once in AT_ONCE:
                    say(f"round {number} of {ROUNDS}, {engine.name}, {at_once} at once")
                    measured = await process.run(engine.turns, at_once)
                    if number:  # the first round warms up
                        samples.setdefault((engine.name, at_once), []).append(measured)
    return _result(samples, [f"{engine.name}: not measured, {engine.needs} is missing" for engine in missing])


def _result(samples: Samples, skipped: list[str]) -> Result:
    rows: list[list[Cell]] = []
    for name in dict.fromkeys(name for name, _ in samples):
        figures = [of_rounds(samples[name, at_once], share) for at_once in AT_ONCE for share in (0.5, 0.99)]
        rows.append([name, *figures])
    return Result(
        columns=("engine, ms a turn", "1: p50", "p99", f"{AT_ONCE[1]} at once: p50", "p99"),
        rows=rows,
        goals=_goals(samples),
        notes=[
            *skipped,
            "A turn is the longest route with functions that answer at once. The twin is the same shape in JSONPath, "
            "as moto runs no JSONata; its time is its own, from startDate to stopDate.",
        ],
    )


def _goals(samples: Samples) -> list[Goal]:
    ours = of_rounds(samples[OURS, 1], 0.5)
    goals = [Goal("engine's overhead a turn, p50", ours, GOAL_MS, "ms")]
    if (MOTO, 1) in samples:
        goals.append(
            Goal("moto's over ours, median of rounds", ratio(samples, MOTO), GOAL_TIMES_MOTO, "×", at_least=True)
        )
    if (LANGGRAPH, 1) in samples:
        goals.append(
            Goal("LangGraph's over ours, median of rounds", ratio(samples, LANGGRAPH), 1.0, "×", at_least=True)
        )
    return goals


def ratio(samples: Mapping[tuple[str, int], list[list[float]]], other: str) -> float:
    """How many times our p50 another engine takes, compared within each round."""
    return median(
        median(theirs) / median(ours) for theirs, ours in zip(samples[other, 1], samples[OURS, 1], strict=True)
    )
