"""Whether the capacity that releases need may stand, and stands."""

from mangaassist.telemetry import declared
from mangaassist.telemetry.emission import emit


def record_shortfalls(number: int) -> None:
    """Count what ceilings withhold from the releases of a plan, none included: that ends the alarm."""
    emit(declared.CAPACITY_PLAN, {declared.SHORTFALL: number}, {}, None)


def record_not_ready(target: str, is_missing: bool) -> None:
    """Whether a target lacks, shortly before a release, what was ordered for it."""
    emit(declared.CAPACITY, {declared.NOT_READY: int(is_missing)}, {"target": target}, None)
