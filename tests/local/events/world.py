"""EventBridge without moto, on virtual time. What is around it remembers what it got, and fails as it is told."""

import json
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.clock.virtual import VirtualClock, run_virtually
from local.events import DeliveryError, Events, Origin
from local.template.specs import EventInvokeSpec, FunctionSpec

ORIGIN = Origin("123456789012", "us-east-1")
FUNCTION, NOBODY = (ORIGIN.arn(f"function:{name}", "lambda") for name in ("echo", "nobody"))
MACHINE = ORIGIN.arn("stateMachine:turn", "states")
QUEUE, DEAD, DONE, TOPIC = (
    ORIGIN.arn(name, service) for name, service in (("q", "sqs"), ("dead", "sqs"), ("done", "sqs"), ("t", "sns"))
)
Failure = Callable[[int], Exception | None]


def never(_: int) -> Exception | None:
    """Every call succeeds."""
    return None


def passing(_: int) -> Exception | None:
    """Every call meets an error that another try might not meet."""
    return DeliveryError("InternalError", "try again", retryable=True)


def first(count: int, failure: Failure) -> Failure:
    """The first calls fail."""
    return lambda call: failure(call) if call <= count else None


@dataclass
class Around:
    """Functions, AWS and state machines. `fails` holds, by name, how a call, counted from 1, ends instead."""

    now: Callable[[], float]
    fails: dict[str, Failure] = field(default_factory=dict)
    calls: dict[str, list[tuple[float, Any]]] = field(default_factory=dict)

    def take(self, name: str, what: Any) -> None:
        calls = self.calls.setdefault(name, [])
        calls.append((self.now(), what))
        failure = self.fails.get(name, never)(len(calls))
        if failure is not None:
            raise failure

    def got(self, name: str) -> list[Any]:
        """What something of this name got."""
        return [what for _, what in self.calls.get(name, [])]

    def times(self, name: str) -> list[float]:
        """When it got it."""
        return [when for when, _ in self.calls.get(name, [])]

    async def invoke(self, function: str, payload: Any) -> Any:
        self.take("function", payload)
        return {"echo": payload}

    async def request(self, service: str, operation: str, request: dict[str, Any]) -> None:
        name = request["QueueUrl"].rpartition("/")[2] if service == "sqs" else operation
        self.take(name, request)

    async def call(self, name: str, arguments: Any) -> Any:
        self.take(name, arguments)

    def start(self, arn: str, value: Any, *, name: str) -> None:
        if arn != MACHINE:
            raise KeyError(arn)
        self.take("machine", value)


@dataclass(frozen=True)
class World:
    """Events that are open."""

    clock: VirtualClock
    events: Events
    around: Around

    def rule(self, name: str = "r", target: Mapping[str, Any] | None = None, bus: str = "default", **rule: Any) -> None:
        """Put a rule with one target."""
        what = rule or {"EventPattern": '{"source": ["test"]}'}
        self.events.rules.apply("PutRule", {"Name": name, "EventBusName": bus, **what})
        targets = [{"Id": "1", "Arn": FUNCTION, **(target or {})}]
        self.events.rules.apply("PutTargets", {"Rule": name, "EventBusName": bus, "Targets": targets})

    def put(self, detail: Any = None, *, bus: str = "default") -> None:
        """Put an event on a bus."""
        entry = {"Source": "test", "DetailType": "Tested", "Detail": json.dumps(detail or {}), "EventBusName": bus}
        self.events.put(entry)

    def schedule(self, expression: str, name: str = "s", target: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Create a schedule, or replace it."""
        request = {"ScheduleExpression": expression, "FlexibleTimeWindow": {"Mode": "OFF"}, **more}
        self.events.schedules.put(name, {**request, "Target": {"Arn": FUNCTION, "Input": '"due"', **(target or {})}})

    def dead_letters(self) -> list[tuple[Any, dict[str, str]]]:
        """The bodies in the dead-letter queue, with their attributes."""
        return [
            (
                json.loads(message["MessageBody"]),
                {name: value["StringValue"] for name, value in message["MessageAttributes"].items()},
            )
            for message in self.around.got("dead")
        ]

    def outcomes(self) -> list[str]:
        """How deliveries ended."""
        return [record.outcome for record in self.events.journal.deliveries]

    async def settled(self) -> None:
        """Everything is done or waits for the clock."""
        await self.events.work.settled()


def in_world(
    scenario: Callable[[World], Coroutine[Any, Any, None]],
    *,
    start: float = 1_700_000_000.0,
    chance: float = 0.0,
    **spec: Any,
) -> None:
    """Run a scenario in virtual time that begins at `start` (epoch s), `spec` being the function's EventInvokeSpec.

    A `chance` of 0 makes every delay its shortest, which is half its longest.
    """

    async def main(virtual: VirtualClock) -> None:
        virtual.start = start
        around = Around(virtual.now)
        events = Events(virtual, ORIGIN, lambda: chance)
        function = _function(EventInvokeSpec(**spec))
        events.open(functions=around, specs=[function], machines=around, request=around.request, call=around.call)
        await scenario(World(virtual, events, around))
        await events.close()

    run_virtually(main)


def _function(event_invoke: EventInvokeSpec) -> FunctionSpec:
    return FunctionSpec(
        logical_id="Echo",
        name="echo",
        arn=FUNCTION,
        handler="echo.handler",
        task_root=Path(),
        environment={},
        timeout_s=3,
        memory_mb=128,
        reserved_concurrency=None,
        alias="live",
        snap_start=False,
        event_invoke=event_invoke,
    )
