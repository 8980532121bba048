"""What the orchestration adds to a whole turn: its time over its critical path, where dependencies take fixed times."""

import asyncio
import gc
import json
import time
from collections.abc import Awaitable, Callable
from functools import partial

import aiohttp

from bench.answers import ROUTES
from bench.in_process import Turns, pipeline
from bench.kinds import PLAIN, Kind
from bench.latencies import CALLS, MS
from bench.results import Cell, Goal, Result, Say
from bench.samples import of_rounds
from bench.service import deployed, service
from bench.timed_functions import TimedFunctions, critical_seconds
from local.clock.virtual import VirtualClock, run_virtually
from local.stepfunctions import StateMachine

ROUNDS = 3
TURNS = 15
GOAL = 1.05
STRETCH = 20.0
Rounds = list[list[float]]
Turn = Callable[[str], Awaitable[float]]


async def measure(say: Say) -> Result:
    say("computing the critical paths")
    critical = dict(zip(ROUTES, await _critical(), strict=True))
    say("starting the service and the pipeline")
    fronts: dict[str, Rounds] = {route: [] for route in ROUTES}
    handlers: dict[str, Rounds] = {route: [] for route in ROUTES}
    async with (
        service(scale=1.0) as running,
        aiohttp.ClientSession(running.api) as http,
        pipeline(at_once=1, stretch=STRETCH) as turns,
    ):
        competitors = ((fronts, partial(_post, http)), (handlers, _Numbered(turns).take))
        for number in range(ROUNDS + 1):
            for route in ROUTES:
                say(f"round {number} of {ROUNDS}: {route}")
                for rounds, turn in competitors:
                    measured = [await turn(route) for _ in range(TURNS)]
                    if number:  # the first round warms up
                        rounds[route].append(measured)
    return _result(critical, fronts, handlers)


def _result(critical: dict[str, float], fronts: dict[str, Rounds], handlers: dict[str, Rounds]) -> Result:
    rows: list[list[Cell]] = []
    goals = []
    for route in ROUTES:
        path, front, real = critical[route] * 1000, of_rounds(fronts[route], 0.5), of_rounds(handlers[route], 0.5)
        rows.append([route, path, front, front / path, real, real / path])
        goals.append(Goal(f"{route}: whole turn over its critical path", front / path, GOAL, "×"))
    return Result(
        columns=("route", "critical path, ms", "API and engine, p50", "ratio", "real handlers, p50", "ratio"),
        rows=rows,
        goals=goals,
        notes=[
            "Critical path: the same execution in virtual time, where only the fixed times of dependencies pass: "
            + ", ".join(f"{name} {ms}" for name, ms in MS.items())
            + " ms.",
            "API and engine: POST /chat over HTTP, authorizer, VTL, workflow, with functions that only wait. Real "
            "handlers: the workflow with the deployed functions and botocore in this process, whose processor time "
            "is part of the turn.",
        ],
        details={"calls": {name: list(calls) for name, calls in CALLS.items()}},
    )


async def _critical() -> list[float]:
    """Seconds, by route. Virtual time has an event loop of its own, in a thread."""
    deployment = deployed()
    functions = TimedFunctions(deployment.functions().values())
    (spec,) = (one for one in deployment.state_machines().values() if one.kind == "EXPRESS")

    async def all_routes(_: VirtualClock) -> list[float]:
        machine = StateMachine.compile(json.loads(spec.definition), name=spec.name)
        return [await critical_seconds(machine, functions, route) for route in ROUTES]

    def in_a_thread() -> list[float]:
        try:
            return run_virtually(all_routes)
        finally:
            gc.collect()  # a compiled JSONata expression must go in the thread that made it

    return await asyncio.to_thread(in_a_thread)


async def _post(http: aiohttp.ClientSession, route: str) -> float:
    """Milliseconds of a turn as a caller sees it."""
    started = time.perf_counter()
    async with http.post("/chat", json={"message": route}) as response:
        answer = await response.json()
        assert response.status == 200, answer  # noqa: PLR2004
    return (time.perf_counter() - started) * 1000


class _Numbered:
    """Turns of the real handlers by route, each with a number of its own."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._kinds: dict[str, Kind] = {kind.name: kind for kind in PLAIN}
        self._next = 0

    async def take(self, route: str) -> float:
        self._next += 2
        outcome = await self._turns.take(self._next, self._kinds[route])
        assert outcome.mistake() is None, outcome.mistake()
        return outcome.ms
