"""One-time schedules of EventBridge Scheduler, each of which invokes scale_capacity once and then goes."""

import json
from dataclasses import dataclass
from typing import Any

from mangaassist.aws.calls import Dependency, call_within, error_code
from mangaassist.aws.clients import client
from mangaassist.policy.capacity import Change, SchedulesError

SCHEDULES = Dependency("operations", SchedulesError, SchedulesError)
BUDGET_MS = 5_000
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
        pages = call_within(BUDGET_MS, self._pages, SCHEDULES)
        return [schedule["Name"] for page in pages for schedule in page["Schedules"]]

    def create(self, change: Change) -> None:
        """Schedule a change; one of that name stands for the same change. Raises SchedulesError."""
        request = self._request(change)
        call_within(BUDGET_MS, lambda: _unless("ConflictException", _client().create_schedule, request), SCHEDULES)

    def delete(self, name: str) -> None:
        """Take a schedule back; one that has fired meanwhile is gone already. Raises SchedulesError."""
        request = {"GroupName": self.group, "Name": name}
        call_within(
            BUDGET_MS, lambda: _unless("ResourceNotFoundException", _client().delete_schedule, request), SCHEDULES
        )

    def _pages(self) -> list[dict[str, Any]]:
        return list(_client().get_paginator("list_schedules").paginate(GroupName=self.group))

    def _request(self, change: Change) -> dict[str, Any]:
        event = {"endpoint": change.endpoint, "minimum": change.minimum, "releases": change.releases}
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


def _client() -> Any:
    return client("scheduler")


def _unless(code: str, call: Any, request: dict[str, Any]) -> None:
    """Make a call; an answer with this error code means that what was asked for is so already."""
    try:
        call(**request)
    except Exception as error:
        if error_code(error) != code:
            raise
