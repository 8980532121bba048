"""Plan releases: bring the schedules that change capacity into line with the release calendar."""

from datetime import UTC, datetime, timedelta
from typing import Any

from mangaassist.aws.calendars import read_calendar
from mangaassist.aws.scaling import bounds_of
from mangaassist.aws.schedules import Schedules
from mangaassist.capacity_settings import PlanningSettings, planning_settings
from mangaassist.policy.capacity import Change, Release, beyond_ceiling, plan, revision
from mangaassist.telemetry import logger
from plan_releases.release_calendar import releases_between

HORIZON = timedelta(days=14)


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """What was created and deleted. Whatever invokes it, it reads the calendar and plans two weeks anew.

    Raises CalendarError (the schedules stay as they are), ScalingError, SchedulesError.
    """
    settings = planning_settings()
    now = datetime.now(UTC)
    text = read_calendar(settings.calendar_bucket, settings.calendar_key)
    releases = releases_between(text, now, now + HORIZON + settings.lead)
    planned = _planned(releases, settings, now)
    schedules = Schedules(
        group=settings.schedule_group,
        target_arn=settings.scale_capacity_arn,
        role_arn=settings.schedule_role_arn,
        dead_letter_arn=settings.schedule_dead_letter_arn,
    )
    changes = revision(planned, schedules.names())
    for change in changes.create:
        schedules.create(change)
    for name in changes.delete:
        schedules.delete(name)
    outcome = {"created": [change.name for change in changes.create], "deleted": list(changes.delete)}
    logger().info("releases planned", extra={"revision": outcome, "planned": len(planned)})
    return outcome


def _planned(releases: list[Release], settings: PlanningSettings, now: datetime) -> list[Change]:
    changes: list[Change] = []
    for fleet in settings.fleets.values():
        for release in beyond_ceiling(releases, fleet):
            logger().warning("release beyond the ceiling", extra={"release": release.title, "endpoint": fleet.endpoint})
        current = bounds_of(fleet).minimum
        changes += plan(releases, fleet, lead=settings.lead, now=now, until=now + HORIZON, current=current)
    return changes
