"""State machines whose clock is moved: days of a Standard execution pass, and each step has its own time."""

import asyncio
import json
from typing import Any

import pytest

from local.clock.movable import MovableClock
from local.machines import StateMachines
from local.template import StateMachineSpec

ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:look"
DAY_S = 86_400.0
LOOKS = 3
DEFINITION = {
    "StartAt": "Wait",
    "States": {
        "Wait": {"Type": "Wait", "Seconds": int(DAY_S), "Next": "Look"},
        "Look": {"Type": "Task", "Resource": FUNCTION, "Next": "Enough?"},
        "Enough?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$", "NumericLessThan": LOOKS, "Next": "Wait"}],
            "Default": "Done",
        },
        "Done": {"Type": "Succeed"},
    },
}


class Looks:
    """A function on another thread, as a call over the network is: it counts."""

    def __init__(self) -> None:
        self.count = 0

    async def invoke(
        self, function: str, payload: Any, *, trace_id: str | None = None, report: dict[str, Any] | None = None
    ) -> int:
        self.count = await asyncio.to_thread(lambda: self.count + 1)
        return self.count


def machines(clock: MovableClock) -> StateMachines:
    specs = [
        StateMachineSpec(kind, kind, f"{ARN}{kind}", kind, json.dumps(DEFINITION), None)
        for kind in ("STANDARD", "EXPRESS")
    ]
    return StateMachines(specs, Looks(), standard_clock=clock)


async def test_given_a_standard_execution_that_waits_when_the_clock_is_moved_then_each_step_happens_at_its_time() -> (
    None
):
    clock = MovableClock()
    running = machines(clock)
    execution = running.start(f"{ARN}STANDARD", {}, name="long")
    await clock.advance_to(clock.now() + LOOKS * DAY_S + 60, running.settled)

    record = execution.record
    looked = [(event.entered - record.started) / 1000 for event in record.events if event.name == "Look"]
    assert record.status == "SUCCEEDED"
    assert looked == pytest.approx([DAY_S, 2 * DAY_S, 3 * DAY_S], abs=30)


async def test_given_an_express_execution_when_the_clock_is_moved_then_its_time_stays_what_it_is() -> None:
    clock = MovableClock()
    running = machines(clock)
    execution = running.start(f"{ARN}EXPRESS", {}, name="short")
    await clock.advance_to(clock.now() + LOOKS * DAY_S, running.settled)

    assert execution.record.ended is None
    await running.close()
    assert execution.record.status == "ABORTED"
