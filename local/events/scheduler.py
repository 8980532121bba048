"""EventBridge Scheduler: sends the target of a schedule what it asks for, when it is due.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
"""

import json
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, Final

from local.events.deliveries import Deliverer, Delivery
from local.events.entries import Origin, iso_time
from local.events.schedules import Schedule
from local.events.work import Work

Delete = Callable[[Schedule], Awaitable[None]]
_ID_LENGTH: Final = 16


class Scheduler:
    """`delete` takes a schedule away that has done all it should and says that it is to go then."""

    def __init__(
        self,
        deliverer: Deliverer,
        work: Work,
        *,
        origin: Origin,
        delete: Delete,
        chance: Callable[[], float],
    ) -> None:
        self._deliverer, self._work, self._origin = deliverer, work, origin
        self._delete, self._chance = delete, chance

    def fire(self, schedule: Schedule, due: float, is_last: bool) -> None:
        """A schedule is due."""
        self._work.start(self._fire(schedule, due, is_last))

    async def _fire(self, schedule: Schedule, due: float, is_last: bool) -> None:
        if schedule.window_s:
            await self._work.sleep(self._chance() * schedule.window_s)
        await self._deliverer.deliver(self._delivery(schedule, due))
        if is_last and schedule.delete_after_completion:
            await self._delete(schedule)

    def _delivery(self, schedule: Schedule, due: float) -> Delivery:
        execution_id = uuid.uuid4().hex[:_ID_LENGTH]
        event = self._origin.event(
            source="aws.scheduler", detail_type="Scheduled Event", resources=[schedule.arn], detail="{}", at=due
        )
        template = json.dumps(event) if schedule.input is None else schedule.input
        attempts = 0

        def text(attempt: int) -> str:
            nonlocal attempts
            attempts = attempt
            return _filled(template, schedule, due, execution_id, attempt)

        return Delivery(
            origin=schedule.arn,
            target=schedule.target,
            event=event,
            text=text,
            dead_letter=lambda: _filled(template, schedule, due, execution_id, attempts),
            attributes={
                "EXECUTION_ID": execution_id,
                "IS_PAYLOAD_TRUNCATED": "false",
                "SCHEDULED_TIME": iso_time(due),
                "SCHEDULE_ARN": schedule.arn,
            },
        )


def _filled(template: str, schedule: Schedule, due: float, execution_id: str, attempt: int) -> str:
    values: dict[str, Any] = {
        "schedule-arn": schedule.arn,
        "scheduled-time": iso_time(due),
        "execution-id": execution_id,
        "attempt-number": attempt,
    }
    for name, value in values.items():
        template = template.replace(f"<aws.scheduler.{name}>", str(value))
    return template
