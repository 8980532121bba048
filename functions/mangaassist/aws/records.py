"""The plan in force and every change of capacity, as JSON in the operations bucket, whose versions are kept."""

import json
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from mangaassist.aws.operations import named, operations_client
from mangaassist.policy.capacity import Change, RecordError, level_at

PLAN_KEY = "releases/plan.json"
CHANGES = "releases/changes"


class PlannedLevel(BaseModel):
    """From `at` on (UTC) a target has a level."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: datetime
    level: int
    releases: tuple[str, ...] = ()


class PlanRecord(BaseModel):
    """The timelines that the schedules carry out, by target."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    planned_at: datetime
    targets: dict[str, tuple[PlannedLevel, ...]]

    def level(self, target: str, moment: datetime, floor: int) -> int:
        """What all releases together ask for at a moment; raises RecordError for a target that was not planned."""
        if target not in self.targets:
            raise RecordError(f"the plan of {self.planned_at:%Y-%m-%dT%H:%MZ} does not know {target}")
        changes = [Change(target, one.at, one.level) for one in self.targets[target]]
        return level_at(changes, moment, floor)


def plan_record(timelines: dict[str, list[Change]], now: datetime) -> PlanRecord:
    """The record of timelines by target."""
    targets = {
        name: tuple(PlannedLevel(at=one.at, level=one.level, releases=one.releases) for one in changes)
        for name, changes in timelines.items()
    }
    return PlanRecord(planned_at=now.astimezone(UTC), targets=targets)


def write_plan(bucket: str, record: PlanRecord) -> None:
    """Put a plan in force; raises RecordError."""
    _put(bucket, PLAN_KEY, record.model_dump_json())


def read_plan(bucket: str) -> PlanRecord:
    """The plan in force; raises RecordError when there is none, or it cannot be had."""
    with named(RecordError):
        content = operations_client("s3").get_object(Bucket=bucket, Key=PLAN_KEY)["Body"].read()
    try:
        return PlanRecord.model_validate_json(content)
    except ValidationError as error:
        raise RecordError(f"s3://{bucket}/{PLAN_KEY} is no plan: {error}") from error


def record_change(bucket: str, name: str, at: datetime, change: dict[str, Any]) -> None:
    """Keep what was changed, under a name that a repetition has too; raises RecordError."""
    key = f"{CHANGES}/{at.astimezone(UTC):%Y/%m/%dT%H%M%SZ}-{name}.json"
    _put(bucket, key, json.dumps(change, ensure_ascii=False, default=str))


def _put(bucket: str, key: str, text: str) -> None:
    with named(RecordError):
        operations_client("s3").put_object(
            Bucket=bucket, Key=key, Body=text.encode(), ContentType="application/json; charset=utf-8"
        )
