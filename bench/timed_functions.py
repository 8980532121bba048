"""Functions that cost nothing but the time of what they call; the message of a turn names the route it takes."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from bench.answers import ROUTES, answers
from bench.latencies import function_seconds
from local.clock.virtual import VirtualClock
from local.stepfunctions import ExecutionRecord, StateMachine
from local.template import FunctionSpec

AUTHORIZER = "authorize_caller"
TIMER_LATENESS_S = 0.0015


class TimedFunctions:
    """Invokes by any ARN of a function. `scale` multiplies the times: 0 answers at once. `others` take other times."""

    def __init__(
        self,
        specs: Iterable[FunctionSpec],
        scale: float = 1.0,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
        others: Mapping[str, float] | None = None,
    ) -> None:
        self._names = {arn: spec.handler.partition(".")[0] for spec in specs for arn in spec.arns}
        self._answers = {route: answers(route) for route in ROUTES}
        self._scale = scale
        self._wait = wait
        self._others = others or {}

    async def invoke(
        self, function: str, payload: Any, *, trace_id: str | None = None, report: dict[str, Any] | None = None
    ) -> Any:
        name = self._names[function]
        seconds = self._others[name] if name in self._others else function_seconds(name)
        await self._wait(seconds * self._scale)
        answer = self._answers[_route(payload)][name]
        return _opened(answer, payload) if name == "open_turn" else answer


async def critical_seconds(machine: StateMachine, functions: TimedFunctions, route: str) -> float:
    """The longest chain of fixed times in a turn: how long it takes in virtual time, where nothing else takes any."""
    record: ExecutionRecord = await machine.run(opening(route), functions.invoke, clock=VirtualClock())
    assert record.status == "SUCCEEDED", record.cause
    assert record.ended is not None
    return (record.ended - record.started) / 1000 + function_seconds(AUTHORIZER)


def opening(route: str) -> dict[str, Any]:
    """What the API hands to the workflow."""
    return {
        "body": json.dumps({"message": route}),
        "caller": {"kind": "guest", "customer_id": ""},
        "session_token": "",
        "arrived_at_ms": 0,
        "trace_id": "trace-1",
    }


async def exactly(seconds: float) -> None:
    """Wait neither shorter nor longer: a loop's timers come up to a millisecond late, which would count as overhead."""
    ends = time.perf_counter() + seconds
    if seconds > TIMER_LATENESS_S:
        await asyncio.sleep(seconds - TIMER_LATENESS_S)
    for _ in iter(lambda: time.perf_counter() < ends, False):
        await asyncio.sleep(0)


def _route(payload: Any) -> str:
    if "turn" in payload:
        return str(payload["turn"]["message"])
    return str(json.loads(payload["body"])["message"]) if "body" in payload else ROUTES[0]


def _opened(answer: Mapping[str, Any], payload: Any) -> dict[str, Any]:
    given = {name: payload[name] for name in ("trace_id", "arrived_at_ms")}
    return {**answer, "turn": {**answer["turn"], **given, "message": _route(payload)}}
