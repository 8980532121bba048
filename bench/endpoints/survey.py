"""Configurations at rising concurrency: the knee of each, what a million inferences cost there, and the cheapest."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass, field

from bench.endpoints.arithmetic import Offer, Step, cheapest, knee
from bench.endpoints.load import rising
from bench.endpoints.prices import PriceList
from bench.endpoints.targets import Target
from bench.results import Cell, Result, Say, UnmeasurableError

LEVELS = (1, 2, 4, 8, 16, 32)
COLUMNS = ("configuration", "in flight", "p50 ms", "p99 ms", "req/s", "$/h", "$/1M")


@dataclass(frozen=True)
class Configuration:
    """An endpoint to measure: which model answers, what it runs on, and how to reach it."""

    name: str
    model: str
    instance: str
    instances: int
    reach: AbstractAsyncContextManager[Target]


@dataclass
class Survey:
    """What was measured so far. A model's p99 target in ms; a step lasts `seconds`."""

    prices: PriceList
    targets_ms: Mapping[str, float]
    bodies: Mapping[str, Sequence[bytes]]
    seconds: float
    steps: dict[str, list[Step]] = field(default_factory=dict)
    offers: dict[str, list[Offer]] = field(default_factory=dict)
    missed: list[Offer] = field(default_factory=list)

    async def measure(self, one: Configuration, say: Say) -> None:
        """One configuration; raises UnmeasurableError where its instance has no price or it does not answer."""
        if one.instance not in self.prices.hourly:
            raise UnmeasurableError(f"{one.instance} has no price in bench/endpoints/prices.toml")
        say(one.name)
        target_ms, bodies = self.targets_ms[one.model], self.bodies[one.model]
        async with one.reach as target:
            self.steps[one.name] = await rising(target, bodies, LEVELS, seconds=self.seconds, target_ms=target_ms)
        found = knee(self.steps[one.name], target_ms)
        offer = Offer(one.name, found or self.steps[one.name][0], self.prices.hourly[one.instance] * one.instances)
        (self.offers.setdefault(one.model, []) if found else self.missed).append(offer)

    def result(self) -> Result:
        """A row for each configuration, at its knee; the cheapest of each model in the notes."""
        kept = {offer.name: _row(offer.name, offer) for all_of in self.offers.values() for offer in all_of}
        missed = {offer.name: _row(f"{offer.name} (misses p99)", offer) for offer in self.missed}
        rows = [{**kept, **missed}[name] for name in self.steps]
        best = {model: cheapest(all_of) for model, all_of in self.offers.items()}
        return Result(
            columns=COLUMNS,
            rows=rows,
            notes=[
                *(
                    f"Cheapest {model} with p99 ≤ {self.targets_ms[model]:.0f} ms: {offer.name}, "
                    f"${offer.dollars_a_million:.2f} a million."
                    for model, offer in best.items()
                    if offer
                ),
                f"A row is a configuration's knee: of {self.seconds:.0f} s with each of {', '.join(map(str, LEVELS))} "
                "requests in flight, the highest throughput that keeps the p99 target and refuses nothing; the least "
                "load where none does, by which nothing is chosen.",
                self.prices.note(),
            ],
            details={"steps": {name: [asdict(step) for step in steps] for name, steps in self.steps.items()}},
        )


def _row(name: str, offer: Offer) -> list[Cell]:
    at = offer.knee
    figures = (at.concurrency, at.p50_ms, at.p99_ms, at.throughput)
    return [name, *figures, offer.hourly, offer.dollars_a_million]
