"""A fleet whose plan asks for less gives back what present traffic does not need either."""

from datetime import datetime

from mangaassist.aws.scaling import Fleet
from mangaassist.aws.traffic import lately
from mangaassist.capacity_settings import CapacitySettings
from mangaassist.policy.capacity import CapacityError
from mangaassist.policy.letting_go import kept
from mangaassist.telemetry import logger


def let_go(fleet: Fleet, level: int, settings: CapacitySettings, now: datetime) -> int | None:
    """How many instances are kept; None where all are. Only money is lost where it fails: then a warning is all."""
    try:
        wanted = kept(
            level,
            lately(fleet.endpoint, fleet.variant, now),
            now,
            per_instance=settings.instance_invocations,
            headroom=settings.capacity_headroom,
        )
        return wanted if wanted is not None and fleet.reduce(wanted) else None
    except CapacityError:
        logger().warning("nothing is let go of", exc_info=True)
        return None
