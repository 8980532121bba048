"""One-time schedules of EventBridge Scheduler, each of which invokes scale_capacity once and then goes."""

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from mangaassist.aws.operations import named, operations_client
from mangaassist.policy.capacity import Change, SchedulesError

RETRY_POLICY = {"MaximumRetryAttempts": 10, "MaximumEventAgeInSeconds": 3600}


@dataclass(frozen=True)
class Schedules:
    """A schedule group, what its schedules invoke, with which role, and where undeliverable events go."""

    group: str
    target_arn: str
    role_arn: str
    dead_letter_arn: str

    def names(self) -> list[str]:
        """The names of all schedules of the group; raises SchedulesError."""
        with named(SchedulesError):
            pages = operations_client("scheduler").get_paginator("list_schedules").paginate(GroupName=self.group)
            return [schedule["Name"] for page in pages for schedule in page["Schedules"]]

    def create(self, change: Change) -> None:
        """Schedule a change; one of that name stands for the same change. Raises SchedulesError."""
        scheduler = operations_client("scheduler")
        with named(SchedulesError), suppress(scheduler.exceptions.ConflictException):
            scheduler.create_schedule(**self._request(change))

    def delete(self, name: str) -> None:
        """Take a schedule back; one that has fired meanwhile is gone already. Raises SchedulesError."""
        scheduler = operations_client("scheduler")
        with named(SchedulesError), suppress(scheduler.exceptions.ResourceNotFoundException):
            scheduler.delete_schedule(GroupName=self.group, Name=name)

    def _request(self, change: Change) -> dict[str, Any]:
        event = {
            "target": change.target,
            "at": f"{change.at:%Y-%m-%dT%H:%M:%SZ}",
            "level": change.level,
            "releases": change.releases,
            "action": change.action,
        }
        return {
            "GroupName": self.group,
            "Name": change.name,
            "ScheduleExpression": f"at({change.at:%Y-%m-%dT%H:%M:%S})",
            "ScheduleExpressionTimezone": "UTC",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "ActionAfterCompletion": "DELETE",
            "Target": {
                "Arn": self.target_arn,
                "RoleArn": self.role_arn,
                "Input": json.dumps(event, ensure_ascii=False),
                "RetryPolicy": RETRY_POLICY,
                "DeadLetterConfig": {"Arn": self.dead_letter_arn},
            },
        }
