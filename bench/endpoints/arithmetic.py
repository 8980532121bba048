"""What follows from measured latencies and prices. Seconds, requests a second, dollars an hour."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

SECONDS_AN_HOUR = 3600
MILLION = 1_000_000


def dollars_a_million(hourly: float, throughput: float) -> float:
    """Cost of a million inferences on hardware that is kept busy at this throughput."""
    return hourly / SECONDS_AN_HOUR / throughput * MILLION


def throughput_of(concurrency: float, latency_s: float) -> float:
    """Little's law: N requests in flight that take W seconds each leave at N / W a second."""
    return concurrency / latency_s


def implied_concurrency(hourly: float, cost: float, latency_s: float) -> float:
    """The requests in flight that make a million cost this much at this latency: both formulas above, solved for N."""
    return hourly / SECONDS_AN_HOUR * MILLION / cost * latency_s


def implied_range(hourly: float, printed: Decimal, latency_s: float) -> tuple[float, float]:
    """The same for a printed cost: from the highest that rounds to it to the lowest."""
    half = Decimal(1).scaleb(int(printed.as_tuple().exponent)) / 2
    return (
        implied_concurrency(hourly, float(printed + half), latency_s),
        implied_concurrency(hourly, float(printed - half), latency_s),
    )


@dataclass(frozen=True)
class Step:
    """An endpoint at one load: closed loop with `concurrency` callers. Latencies in ms; `refused` answers among all."""

    concurrency: int
    throughput: float
    average_ms: float
    p50_ms: float
    p99_ms: float
    refused: int = 0


def knee(steps: Iterable[Step], target_ms: float) -> Step | None:
    """The step with the highest throughput whose p99 keeps the target and that refused nothing; None without one."""
    within = [step for step in steps if step.p99_ms <= target_ms and not step.refused]
    return max(within, key=lambda step: step.throughput, default=None)


@dataclass(frozen=True)
class Offer:
    """A configuration at its knee: what it does and costs."""

    name: str
    knee: Step
    hourly: float

    @property
    def dollars_a_million(self) -> float:
        return dollars_a_million(self.hourly, self.knee.throughput)


def cheapest(offers: Iterable[Offer]) -> Offer | None:
    """The offer with the cheapest million; None without one."""
    return min(offers, key=lambda offer: offer.dollars_a_million, default=None)
