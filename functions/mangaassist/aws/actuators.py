"""What holds each target's level."""

from typing import Protocol

from mangaassist.aws.concurrency import Reserved, Warm
from mangaassist.aws.scaling import Fleet
from mangaassist.aws.throughput import Throughput
from mangaassist.capacity_settings import CapacitySettings
from mangaassist.policy.capacity import Target


class Actuator(Protocol):
    """Each method raises the CapacityError of its kind."""

    @property
    def target(self) -> Target: ...
    def level(self) -> int:
        """The level that is ordered."""

    def set(self, level: int) -> None:
        """Order a level, which may be so already."""

    def ready(self, level: int) -> bool:
        """Whether what was ordered has come."""


def actuator(target: Target, settings: CapacitySettings) -> Actuator:
    """The one for a target of these settings."""
    match target.kind:
        case "fleet":
            return Fleet(target, settings.endpoint_variant)
        case "throughput":
            return Throughput(target, settings.throughput_model_id)
        case "reserved":
            return Reserved(target, settings.turn_functions)
        case "warm":
            return Warm(target, settings.turn_functions)
