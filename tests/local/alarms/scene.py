"""Alarms on virtual time, and everything that they act on, in memory."""

from collections.abc import Callable, Coroutine
from typing import Any

from local.alarms import Actions, Alarm, AlarmWatch, Autoscaler, State, StepScalingPolicy
from local.clock.virtual import VirtualClock, run_virtually
from local.metrics import MetricStore, Sample, metric
from local.template.specs import ResourceSpec
from tests.local.alarms.fakes import FakeFleet, FakeFunctions, FakeTopics, Listener

TOPIC = "arn:aws:sns:us-east-1:123456789012:operators"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:repair:live"
POLICY = "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:Down:policyName/down"
VARIANT = "endpoint/shop/variant/primary"
OK, ALARM, UNKNOWN = State.OK, State.ALARM, State.INSUFFICIENT_DATA


class Scene:
    """A watch over alarms on Shop/clicks, and all that they act on."""

    def __init__(self, clock: VirtualClock, *alarms: Alarm) -> None:
        self.clock = clock
        self.store = MetricStore()
        self.topics, self.functions, self.listener = FakeTopics(), FakeFunctions(), Listener()
        self.fleet = FakeFleet({VARIANT: 8}, (2, 10))
        target = ResourceSpec("Target", "", "", "target", {"ResourceId": VARIANT})
        self.scaler = Autoscaler([target], [down()], self.fleet)
        self.gathered: list[float] = []
        actions = Actions(self.topics, self.functions, self.scaler)
        self.watch = AlarmWatch(alarms, self.store, actions, [self.listener], clock=clock, gather=self.gather)

    async def gather(self, at: float) -> None:
        self.gathered.append(at)

    async def minute(self, clicks: float | None) -> State:
        """A minute with so many clicks, or without any datapoint, and the first alarm's state after it."""
        minute = self.clock.now() // 60 * 60
        if clicks is not None:
            self.store.put([Sample(metric("Shop", "clicks"), minute, (clicks,))])
        await self.watch.evaluate(minute + 60)
        self.clock.start += 60
        return next(iter(self.watch))[1].state


def down() -> StepScalingPolicy:
    steps = [{"MetricIntervalUpperBound": 0, "ScalingAdjustment": -1}]
    configuration = {"AdjustmentType": "ChangeInCapacity", "Cooldown": 300, "StepAdjustments": steps}
    properties = {
        "PolicyName": "down",
        "PolicyType": "StepScaling",
        "ScalingTargetId": "target",
        "StepScalingPolicyConfiguration": configuration,
    }
    return StepScalingPolicy(ResourceSpec("Down", "", "down", POLICY, properties))


def virtually(*alarms: Alarm) -> Callable[[Callable[[Scene], Coroutine[Any, Any, None]]], None]:
    """Play a scene in virtual time."""

    def play_in(play: Callable[[Scene], Coroutine[Any, Any, None]]) -> None:
        async def scene(clock: VirtualClock) -> None:
            await play(Scene(clock, *alarms))

        run_virtually(scene)

    return play_in
