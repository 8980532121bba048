"""The schedules of EventBridge Scheduler, kept as the requests that change them pass."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from local.events import expressions
from local.events.expressions import At, Expression
from local.events.target import Target

DEFAULT_GROUP: Final = "default"
_PRECISION_S: Final = 60.0
"""A one-time schedule may be this late: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html"""
Request = Mapping[str, Any]
Key = tuple[str, str]


@dataclass(frozen=True)
class Schedule:
    """When its target is sent what. Times in epoch seconds; `since` is when it was last changed."""

    name: str
    group: str
    arn: str
    text: str
    zone: str
    expression: Expression
    target: Target
    input: str | None
    enabled: bool
    since: float
    start: float | None
    end: float | None
    window_s: float
    delete_after_completion: bool

    def first_due(self, now: float) -> float | None:
        """When it is due first: a rate at its start, at once without one; a one-time schedule of long ago never."""
        return self.due_after(now - _PRECISION_S if isinstance(self.expression, At) else now - 1e-3)

    def due_after(self, moment: float) -> float | None:
        """When it is due next: for recurring schedules between their start and their end."""
        if not self.enabled:
            return None
        if isinstance(self.expression, At):
            return self.expression.next_after(moment, self.since)
        anchor = self.since if self.start is None else self.start
        due = self.expression.next_after(max(moment, anchor - 1e-3), anchor)
        return None if due is None or (self.end is not None and due > self.end) else due


def read_schedule(group: str, name: str, request: Request, *, arn: str, since: float) -> Schedule:
    """The schedule of a CreateSchedule or UpdateSchedule; raises InvalidExpressionError."""
    zone = request.get("ScheduleExpressionTimezone") or "UTC"
    window = request.get("FlexibleTimeWindow", {})
    return Schedule(
        name=name,
        group=group,
        arn=arn,
        text=request["ScheduleExpression"],
        zone=zone,
        expression=expressions.parse(request["ScheduleExpression"], zone),
        target=Target.of(request["Target"]),
        input=request["Target"].get("Input"),
        enabled=request.get("State", "ENABLED") == "ENABLED",
        since=since,
        start=_moment(request.get("StartDate")),
        end=_moment(request.get("EndDate")),
        window_s=60.0 * window.get("MaximumWindowInMinutes", 0) if window.get("Mode") == "FLEXIBLE" else 0.0,
        delete_after_completion=request.get("ActionAfterCompletion") == "DELETE",
    )


def check_schedule(name: str, request: Request) -> None:
    """Refuse a schedule as EventBridge Scheduler would; raises InvalidExpressionError."""
    read_schedule(DEFAULT_GROUP, name, request, arn="", since=0.0)


class Schedules:
    """Applies the requests that were accepted, in their order. `changed` hears of each schedule, or of its end."""

    def __init__(self, arn: Callable[[str], str], now: Callable[[], float]) -> None:
        self._arn, self._now = arn, now
        self._schedules: dict[Key, Schedule] = {}
        self.changed: Callable[[Key, Schedule | None], None] = lambda key, schedule: None

    def __iter__(self) -> Iterator[Schedule]:
        return iter(list(self._schedules.values()))

    def put(self, name: str, request: Request) -> None:
        """A schedule was created or replaced."""
        group = request.get("GroupName") or DEFAULT_GROUP
        arn = self._arn(f"schedule/{group}/{name}")
        schedule = read_schedule(group, name, request, arn=arn, since=self._now())
        self._schedules[group, name] = schedule
        self.changed((group, name), schedule)

    def delete(self, group: str | None, name: str) -> None:
        """A schedule was deleted."""
        key = (group or DEFAULT_GROUP, name)
        if self._schedules.pop(key, None) is not None:
            self.changed(key, None)

    def delete_group(self, group: str) -> None:
        """A group was deleted, and its schedules with it."""
        for schedule in self:
            if schedule.group == group:
                self.delete(group, schedule.name)

    def holds(self, schedule: Schedule) -> bool:
        """Whether a schedule is there as it was, neither changed nor deleted."""
        return self._schedules.get((schedule.group, schedule.name)) is schedule


def _moment(value: Any) -> float | None:
    return None if value is None else float(value)
