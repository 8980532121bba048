"""Plan releases: bring the schedules that change capacity into line with the release calendar."""

from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from mangaassist.aws.calendars import read_calendar
from mangaassist.aws.records import plan_record, record_change, write_plan
from mangaassist.aws.schedules import Schedules
from mangaassist.capacity_settings import PlanningSettings, planning_settings
from mangaassist.errors import ContractError
from mangaassist.policy.capacity import Revision, revision
from mangaassist.release_calendar import parsed
from mangaassist.telemetry import logger, record_shortfalls
from plan_releases.planning import Plan, described, planned


class PlanRequest(BaseModel):
    """What an operator may ask for. The daily schedule and the events of S3 ask for nothing."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    dry_run: bool = False
    calendar: str | None = None


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """What is, or in a dry run would be, created and deleted, and why; a dry run may bring a calendar of its own.

    Raises CalendarError (the schedules stay as they are) and the other CapacityErrors; ContractError.
    """
    request = _accepted(event)
    settings = planning_settings()
    now = datetime.now(UTC)
    text = request.calendar or read_calendar(settings.calendar_bucket, settings.calendar_key)
    plan = planned(parsed(text), settings, now)
    schedules = Schedules(
        group=settings.schedule_group,
        target_arn=settings.scale_capacity_arn,
        role_arn=settings.schedule_role_arn,
        dead_letter_arn=settings.schedule_dead_letter_arn,
    )
    difference = revision(plan.scheduled, schedules.names())
    outcome = {**described(plan, difference, now), "applied": not request.dry_run}
    if not request.dry_run:
        _apply(plan, difference, schedules, settings, now)
        _tell(outcome, plan, settings, now)
    return outcome


def _accepted(event: dict[str, Any]) -> PlanRequest:
    try:
        request = PlanRequest.model_validate(event)
    except ValidationError as error:
        raise ContractError(f"invoke with dry_run and calendar, or with nothing: {error}") from None
    if request.calendar is not None and not request.dry_run:
        raise ContractError("a calendar of its own is for a dry run: upload it to apply it")
    return request


def _apply(plan: Plan, difference: Revision, schedules: Schedules, settings: PlanningSettings, now: datetime) -> None:
    """The record first: whichever schedule fires, old or new, carries out the plan that is in force by then."""
    write_plan(settings.calendar_bucket, plan_record(plan.timelines, now))
    for change in difference.create:
        schedules.create(change)
    for name in difference.delete:
        schedules.delete(name)


def _tell(outcome: dict[str, Any], plan: Plan, settings: PlanningSettings, now: datetime) -> None:
    """Record what was changed, and raise or end the alarm of ceilings."""
    for one in plan.shortfalls:
        logger().warning("release beyond the ceiling", extra={"release": one.release, "target": one.target})
    record_shortfalls(len(plan.shortfalls))
    logger().info("releases planned", extra={"changed": {name: len(outcome[name]) for name in ("created", "deleted")}})
    if outcome["created"] or outcome["deleted"]:
        record_change(settings.calendar_bucket, "plan", now, outcome)
