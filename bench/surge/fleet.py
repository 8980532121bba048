"""An endpoint's instances: how much each takes, and when those that were asked for come."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.endpoints.targets import RefusedError
from local.alarms import ActionFailedError
from local.clock import Clock

MINUTE_S = 60.0
COMES_AFTER_MIN = (5.0, 8.0)


@dataclass
class Instance:
    """Takes `limit` requests a minute of the loop's time, evenly but for `burst`; more of them wait up to `patience_s`.

    Which is the generic cell rate algorithm: https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm.
    """

    limit: float
    burst: int
    patience_s: float
    _due: float = 0.0

    async def turn(self) -> None:
        """Returns when this request may run; raises RefusedError where its wait would be too long."""
        now, interval = asyncio.get_running_loop().time(), MINUTE_S / self.limit
        due = max(self._due, now)
        wait = max(0.0, due - now - self.burst * interval)
        if wait > self.patience_s:
            raise RefusedError
        self._due = due + interval
        if wait:
            await asyncio.sleep(wait)


@dataclass
class LaggingFleet:
    """One scalable target whose instances come 5 to 8 minutes after they are asked for; those removed go at once.

    While some are on their way nothing else changes, as with SageMaker, where auto scaling is blocked during an update:
    https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-update.html
    """

    clock: Clock
    limits: tuple[int, int]
    make: Callable[[], Instance]
    chance: random.Random
    serving: list[Instance] = field(default_factory=list)
    highest: int = 0
    _coming: int = 0
    _since: float = 0.0
    _instance_s: float = 0.0

    def start(self, count: int) -> None:
        """Let so many instances serve from now on."""
        self.serving = [self.make() for _ in range(count)]
        self.highest, self._since = count, self.clock.now()

    def pick(self) -> Instance:
        """At random, which is how an endpoint routes unless it is told otherwise.

        https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantRoutingConfig.html
        """
        return self.chance.choice(self.serving)

    def instance_hours(self) -> float:
        """What has been paid for so far: an instance counts from when it is asked for."""
        self._count()
        return self._instance_s / 3600

    async def bounds(self, _: str) -> tuple[int, int]:
        return self.limits

    async def capacity(self, _: str) -> int:
        return self._desired

    async def set_capacity(self, _: str, capacity: int) -> None:
        """Raises ActionFailedError during an update."""
        if self._coming:
            raise ActionFailedError(f"{self._coming} instances are on their way")
        self._count()
        missing = capacity - len(self.serving)
        del self.serving[capacity:]
        for _number in range(missing):
            self._coming += 1
            self.clock.call_later(self.chance.uniform(*COMES_AFTER_MIN) * MINUTE_S, self._come)
        self.highest = max(self.highest, capacity)

    @property
    def _desired(self) -> int:
        return len(self.serving) + self._coming

    def _come(self) -> None:
        self._coming -= 1
        self.serving.append(self.make())

    def _count(self) -> None:
        now = self.clock.now()
        self._instance_s += self._desired * (now - self._since)
        self._since = now
