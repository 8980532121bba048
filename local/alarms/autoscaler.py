"""Application Auto Scaling on the template's scalable targets: what policies ask for, within bounds and cooldowns."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from local.alarms.definition import Alarm
from local.alarms.scaling import Cooldowns
from local.template.specs import ResourceSpec

ACTIVITIES_KEPT = 200


class Fleet(Protocol):
    """Capacities of scalable targets by resource id, and the bounds to stay within; raises ActionFailedError."""

    async def bounds(self, target: str) -> tuple[int, int]: ...
    async def capacity(self, target: str) -> int: ...
    async def set_capacity(self, target: str, capacity: int) -> None: ...


class Policy(Protocol):
    """Says what capacity an alarm's datapoints ask for. `target` is the scalable target's reference."""

    @property
    def arn(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def cooldown_s(self) -> int: ...
    def value(self, datapoints: Sequence[float], *, rises: bool) -> float: ...
    def desired(self, capacity: int, value: float, threshold: float, *, rises: bool) -> int: ...


@dataclass(frozen=True)
class Activity:
    """A capacity that was changed; `at` in seconds since the epoch."""

    at: float
    target: str
    before: int
    after: int
    cause: str


class Autoscaler:
    """Executes policies by ARN. What it changed is in `activities`, the latest last."""

    def __init__(self, targets: Iterable[ResourceSpec], policies: Iterable[Policy], fleet: Fleet) -> None:
        self._ids = {target.ref: str(target.properties["ResourceId"]) for target in targets}
        self._policies = {policy.arn: policy for policy in policies}
        self._fleet = fleet
        self._cooldowns = {target: Cooldowns() for target in self._ids.values()}
        self.activities: deque[Activity] = deque(maxlen=ACTIVITIES_KEPT)

    def knows(self, policy: str) -> bool:
        """Whether there is a policy of this ARN for a target of the template."""
        return policy in self._policies and self._policies[policy].target in self._ids

    async def execute(self, arn: str, alarm: Alarm, datapoints: tuple[float, ...], at: float) -> str:
        """Carry out a policy for an alarm's datapoints: what came of it."""
        policy = self._policies[arn]
        target = self._ids[policy.target]
        cooldowns, capacity = self._cooldowns[target], await self._fleet.capacity(target)
        value, threshold = policy.value(datapoints, rises=alarm.rises), alarm.settings.threshold
        base, wanted = capacity, policy.desired(capacity, value, threshold, rises=alarm.rises)
        if wanted > capacity:
            base = cooldowns.base(capacity, at)
            wanted = max(capacity, policy.desired(base, value, threshold, rises=alarm.rises))
        least, most = await self._fleet.bounds(target)
        wanted = min(max(wanted, least), most)
        if wanted == capacity:
            return f"stays at {capacity}"
        if cooldowns.blocks(capacity, wanted, at):
            return f"stays at {capacity}: cooling down"
        await self._change(target, capacity, wanted, at, f"{policy.name} for {alarm.name}")
        cooldowns.begin(capacity, wanted, base, at, policy.cooldown_s)
        return f"{capacity} -> {wanted}"

    async def keep_within_bounds(self, at: float) -> None:
        """Bounds that were changed move a capacity that lies outside them.

        https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
        """
        for target in self._cooldowns:
            (least, most), capacity = await self._fleet.bounds(target), await self._fleet.capacity(target)
            within = min(max(capacity, least), most)
            if within != capacity:
                await self._change(target, capacity, within, at, f"bounds {least} to {most}")

    async def _change(self, target: str, before: int, after: int, at: float, cause: str) -> None:
        await self._fleet.set_capacity(target, after)
        self.activities.append(Activity(at, target, before, after, cause))
