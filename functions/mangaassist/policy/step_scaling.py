"""Where the release plan meets step scaling: both count on one figure for an instance, or they fight."""

from collections.abc import Iterable
from dataclasses import dataclass

from mangaassist.policy.capacity import CapacityError
from mangaassist.policy.demand import instances


class PlanFightsScalingError(CapacityError):
    """The plan leaves more on an instance than step scaling does."""


@dataclass(frozen=True)
class PlannedLoad:
    """What a release brings to an endpoint, in invocations a minute at its peak, and the instances planned for it."""

    endpoint: str
    release: str
    peak: float
    instances: int
    ceiling: int

    @property
    def per_instance(self) -> float:
        return self.peak / self.instances


def fights(loads: Iterable[PlannedLoad], threshold: float) -> list[PlannedLoad]:
    """The loads on which step scaling would add instances to those planned: above its threshold, below the ceiling.

    A fleet at its ceiling can have no more, whoever asks: that is a shortfall of the plan, and told as such.
    """
    return [
        load
        for load in loads
        if load.instances < min(load.ceiling, instances(load.peak, per_instance=threshold, headroom=1))
    ]


def refuse_fights(loads: Iterable[PlannedLoad], threshold: float) -> None:
    """Raises PlanFightsScalingError, naming every such load and what to mend."""
    found = [
        f"{load.release} on {load.endpoint}: {load.per_instance:.0f} on each of {load.instances}"
        for load in fights(loads, threshold)
    ]
    if found:
        raise PlanFightsScalingError(
            f"step scaling adds instances above {threshold:g} invocations a minute on one (InstanceInvocations), and "
            f"the plan stands above that: {'; '.join(found)}. Plan with that figure and a headroom of 1 at least"
        )
