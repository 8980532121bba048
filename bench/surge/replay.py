"""A surge against a fleet under one strategy, on a clock that runs faster than the loop's."""

import asyncio
import itertools
import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from bench.endpoints.targets import RefusedError, Target
from bench.surge.fleet import Instance, LaggingFleet
from bench.surge.strategies import Strategy
from bench.surge.traffic import MINUTE_S, Surge
from local.alarms import ActionFailedError, Actions, AlarmWatch, Autoscaler
from local.clock import sleep
from local.clock.compressed import CompressedClock
from local.metrics import MetricStore, Sample
from mangaassist.policy.capacity import MINUTE
from mangaassist.policy.demand import Series
from mangaassist.policy.letting_go import kept

FACTOR = 15
"""Minutes pass so much faster, and of so many invocations one is sent: as many a second as the surge has."""
NOTABLE = 0.01


@dataclass(frozen=True)
class Scene:
    """The surge around a release (epoch seconds), from and to minutes before or after it.

    `standing` instances serve at the beginning; each takes `limit` requests a minute and `burst` at once. A caller
    waits for `patience_s`, of which the instance's queue may take half.
    """

    surge: Surge
    released_at: float
    begins: float
    ends: float
    standing: int
    limit: float
    burst: int
    patience_s: float
    seed: int = 1

    def moment(self, minute: float) -> float:
        """Epoch seconds."""
        return self.released_at + minute * MINUTE_S

    def instance(self) -> Instance:
        return Instance(self.limit, self.burst, self.patience_s / 2)


@dataclass(frozen=True)
class Request:
    """Sent at a minute from the release; refused by its instance, late (after the caller's patience), or answered."""

    minute: float
    fate: Literal["answered", "refused", "late"]
    ms: float


@dataclass
class Outcome:
    """Every request; what the fleet came to and cost."""

    requests: list[Request] = field(default_factory=list)
    most_instances: int = 0
    instance_hours: float = 0.0

    def between(self, start: float, end: float) -> "Outcome":
        """The requests of these minutes."""
        chosen = [request for request in self.requests if start <= request.minute < end]
        return Outcome(chosen, self.most_instances, self.instance_hours)

    def share(self, fate: str) -> float:
        """Of all requests."""
        return sum(request.fate == fate for request in self.requests) / max(1, len(self.requests))

    def answered_ms(self) -> list[float]:
        """Latencies of the answers."""
        return [request.ms for request in self.requests if request.fate == "answered"]

    def refused_by_minute(self) -> dict[int, float]:
        """The share that was refused in each minute."""
        minutes: dict[int, Outcome] = {}
        for request in self.requests:
            minutes.setdefault(math.floor(request.minute), Outcome()).requests.append(request)
        return {minute: found.share("refused") for minute, found in sorted(minutes.items())}

    @property
    def refusing_minutes(self) -> int:
        """In how many minutes more than one in a hundred was refused."""
        return sum(share > NOTABLE for share in self.refused_by_minute().values())


class _Nobody:
    """Topics and functions, of which scaling uses none."""

    async def publish(self, topic: str, subject: str, message: str) -> str:
        raise ActionFailedError(f"nobody hears of {subject} at {topic}: {message}")

    async def invoke(self, function: str, payload: Any) -> Any:
        raise ActionFailedError(f"nobody runs {function} for {payload}")


class Replay:
    """One strategy's fleet, alarms and plan; made on a running loop."""

    def __init__(self, scene: Scene, strategy: Strategy, target: Target, bodies: Sequence[bytes]) -> None:
        self._scene, self._strategy, self._target = scene, strategy, target
        self._bodies = itertools.cycle(bodies)
        self._clock = CompressedClock(scene.moment(scene.begins), FACTOR)
        self._fleet = LaggingFleet(self._clock, strategy.bounds, scene.instance, random.Random(scene.seed))  # noqa: S311
        self._store = MetricStore()
        self._scaler = Autoscaler([strategy.target], strategy.policies, self._fleet)
        actions = Actions(_Nobody(), _Nobody(), self._scaler)
        self._watch = AlarmWatch(strategy.alarms, self._store, actions, (), clock=self._clock, gather=self._plan)
        self._sent: Counter[datetime] = Counter()
        self._outcome = Outcome()

    async def run(self) -> Outcome:
        """From the scene's beginning to its end."""
        scene = self._scene
        self._fleet.start(max(scene.standing, self._strategy.minimum_at(self._clock.now())))
        watching = asyncio.create_task(self._watch.run())
        arrivals = scene.surge.arrivals(scene.begins, scene.ends, share=1 / FACTOR, seed=scene.seed)
        async with asyncio.TaskGroup() as sending:
            for minute in arrivals:
                await sleep(self._clock, scene.moment(minute) - self._clock.now())
                sending.create_task(self._send(minute))
        await sleep(self._clock, scene.moment(scene.ends) - self._clock.now())
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        self._outcome.most_instances = self._fleet.highest
        self._outcome.instance_hours = self._fleet.instance_hours()
        return self._outcome

    async def _plan(self, at: float) -> None:
        """What is due of the plan by now, as scale_capacity does it; the fleet follows as soon as it can."""
        before, minimum = self._fleet.limits[0], self._strategy.minimum_at(at)
        self._fleet.limits = (minimum, self._strategy.bounds[1])
        try:
            await self._scaler.keep_within_bounds(at)
            if minimum < before:
                await self._let_go(minimum, datetime.fromtimestamp(at, UTC))
        except ActionFailedError:
            return

    async def _let_go(self, minimum: int, now: datetime) -> None:
        figures = self._strategy.figures
        if figures is None:
            return
        times = sorted(self._sent)
        traffic = Series(MINUTE, tuple(times), tuple(float(self._sent[time]) for time in times))
        wanted = kept(minimum, traffic, now, per_instance=figures.per_instance, headroom=figures.headroom)
        if wanted is not None and wanted < await self._fleet.capacity(""):
            await self._fleet.set_capacity("", wanted)

    async def _send(self, minute: float) -> None:
        now = self._clock.now()
        self._sent[datetime.fromtimestamp(now // MINUTE_S * MINUTE_S, UTC)] += FACTOR
        began, instance = asyncio.get_running_loop().time(), self._fleet.pick()
        share = (1 / len(self._fleet.serving),) * FACTOR
        self._store.put(Sample(metric, now, share) for metric in self._strategy.metrics)
        fate: Literal["answered", "refused", "late"] = "answered"
        try:
            async with asyncio.timeout(self._scene.patience_s):
                await instance.turn()
                await self._target.invoke(next(self._bodies))
        except RefusedError:
            fate = "refused"
        except TimeoutError:
            fate = "late"
        elapsed = asyncio.get_running_loop().time() - began
        self._outcome.requests.append(Request(minute, fate, elapsed * 1000))
