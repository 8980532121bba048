"""What each kind of capacity needs for the releases that are forecast."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from mangaassist.policy.capacity import Need, Target
from mangaassist.policy.demand import Forecast, Release, instances, model_units


@dataclass(frozen=True)
class Figures:
    """What turns traffic into capacity: invocations a minute of an instance, tokens a minute of a model unit."""

    per_instance: float
    tokens_per_unit: float
    headroom: float
    lead: timedelta


def needs(target: Target, forecasts: Iterable[Forecast], figures: Figures) -> list[Need]:
    """One a release."""
    return [
        Need(
            starts_at=one.release.starts_at - lead(target, one.release, figures),
            due_at=one.release.starts_at,
            ends_at=one.release.decayed_at,
            level=level(target, one, figures),
            title=one.release.title,
        )
        for one in forecasts
    ]


def level(target: Target, forecast: Forecast, figures: Figures) -> int:
    """What a target needs for a peak; may exceed its ceiling.

    Concurrency grows as traffic does: what the template sets for ordinary traffic, times the multiplier.
    """
    match target.kind:
        case "fleet":
            return instances(forecast.peak, per_instance=figures.per_instance, headroom=figures.headroom)
        case "throughput":
            return model_units(forecast.peak, tokens_per_unit=figures.tokens_per_unit, headroom=figures.headroom)
        case "reserved" | "warm":
            return math.ceil(round(target.floor * forecast.multiplier, 6))


def lead(target: Target, release: Release, figures: Figures) -> timedelta:
    """How long before a release its capacity is ordered; throughput is bought days before."""
    if target.kind == "throughput":
        return timedelta(hours=release.of_kind.throughput_lead_hours)
    return figures.lead
