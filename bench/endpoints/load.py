"""Load: callers that each wait for their answer, and arrivals that wait for nobody."""

import asyncio
import itertools
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from time import perf_counter

from bench.endpoints.arithmetic import Step
from bench.endpoints.targets import RefusedError, Target
from bench.samples import percentile

REST_S = 0.05


@dataclass
class Latencies:
    """Milliseconds of the answered requests, and how many were refused."""

    answered: list[float] = field(default_factory=list)
    refused: int = 0

    async def timed(self, target: Target, body: bytes, since: float) -> None:
        """Invoke once; the clock runs from `since` (perf_counter's seconds)."""
        try:
            await target.invoke(body)
        except RefusedError:
            self.refused += 1
        else:
            self.answered.append((perf_counter() - since) * 1000)


async def closed_loop(target: Target, bodies: Sequence[bytes], concurrency: int, seconds: float) -> Step:
    """`concurrency` callers for some seconds, each sending its next request when its last is answered."""
    latencies, supply = Latencies(), itertools.cycle(bodies)
    start = perf_counter()

    async def caller() -> None:
        while perf_counter() - start < seconds:
            before = latencies.refused
            await latencies.timed(target, next(supply), perf_counter())
            if latencies.refused > before:
                await asyncio.sleep(REST_S)

    await asyncio.gather(*(caller() for _ in range(concurrency)))
    elapsed = perf_counter() - start
    answered = latencies.answered or [float("inf")]
    return Step(
        concurrency=concurrency,
        throughput=len(latencies.answered) / elapsed,
        average_ms=fmean(answered),
        p50_ms=percentile(answered, 0.5),
        p99_ms=percentile(answered, 0.99),
        refused=latencies.refused,
    )


async def rising(
    target: Target, bodies: Sequence[bytes], levels: Iterable[int], *, seconds: float, target_ms: float
) -> list[Step]:
    """Closed loops at rising concurrency, until p99 is twice the target or something is refused."""
    steps: list[Step] = []
    for concurrency in levels:
        steps.append(await closed_loop(target, bodies, concurrency, seconds))
        if steps[-1].p99_ms > 2 * target_ms or steps[-1].refused:
            break
    return steps


@dataclass(frozen=True)
class Arrival:
    """A request of a kind, `at` seconds after the start."""

    at: float
    kind: str
    body: bytes


def poisson(
    rate: float, seconds: float, *, share: Mapping[str, float], bodies: Mapping[str, Sequence[bytes]], seed: int
) -> list[Arrival]:
    """Turns that arrive independently of one another, `rate` a second; a turn asks each kind with its share."""
    chance = random.Random(seed)  # noqa: S311 - a reproducible trace
    arrivals: list[Arrival] = []
    now = chance.expovariate(rate)
    while now < seconds:
        arrivals += [Arrival(now, kind, chance.choice(bodies[kind])) for kind in share if chance.random() < share[kind]]
        now += chance.expovariate(rate)
    return arrivals


async def replay(targets: Mapping[str, Target], trace: Sequence[Arrival]) -> dict[str, Latencies]:
    """Send every request at its time, answered or not the ones before; latencies count from that time."""
    latencies = {kind: Latencies() for kind in targets}
    start = perf_counter()

    async def send(arrival: Arrival) -> None:
        due = start + arrival.at
        await asyncio.sleep(max(0.0, due - perf_counter()))
        await latencies[arrival.kind].timed(targets[arrival.kind], arrival.body, due)

    await asyncio.gather(*map(send, trace))
    return latencies
