"""Schedule expressions: at(), rate() and cron(), in a time zone.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html

A time of day that a change to summer time skips is skipped; one that a change back repeats counts once, the first time.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from math import floor
from types import MappingProxyType
from typing import Final, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aws_croniter import AwsCroniter

from local.events.errors import InvalidExpressionError

_AT: Final = re.compile(r"at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)")
_RATE: Final = re.compile(r"rate\(([1-9]\d*) (minute|hour|day)s?\)")
_CRON: Final = re.compile(r"cron\((\S+(?: +\S+){5})\)")
_SECONDS: Final[Mapping[str, int]] = MappingProxyType({"minute": 60, "hour": 3_600, "day": 86_400})
_DAY_OF_WEEK: Final = 4
_LAST_DAY_OF_WEEK: Final = "7"
_FIFTH: Final = "#5"
_MONTHS_AHEAD: Final = 40 * 12
"""No day of a leap year's February is further from the next of its name."""


class Expression(Protocol):
    """When something is due, in epoch seconds."""

    def next_after(self, moment: float, anchor: float) -> float | None:
        """The first time after a moment, None if there is none. A rate counts from the anchor."""


@dataclass(frozen=True)
class At:
    """Once."""

    moment: float

    def next_after(self, moment: float, anchor: float) -> float | None:
        return self.moment if self.moment > moment else None


@dataclass(frozen=True)
class Rate:
    """At the anchor, and every period after it; a day is 24 hours, whatever the clocks do."""

    period_s: float

    def next_after(self, moment: float, anchor: float) -> float | None:
        if moment < anchor:
            return anchor
        return anchor + (floor((moment - anchor) / self.period_s) + 1) * self.period_s


@dataclass(frozen=True)
class Cron:
    """Whenever the clock on the wall shows what the fields say."""

    fields: AwsCroniter
    zone: tzinfo

    def next_after(self, moment: float, anchor: float) -> float | None:
        # aws-croniter counts in UTC: the wall's time is given to it as if it were.
        wall = datetime.fromtimestamp(moment, self.zone).replace(tzinfo=UTC)
        while (found := self._next_on_the_wall(wall)) is not None:
            due = found.replace(tzinfo=self.zone)
            if _exists(due) and due.timestamp() > moment:
                return due.timestamp()
            wall = found
        return None

    def _next_on_the_wall(self, wall: datetime) -> datetime | None:
        found: datetime | None = self.fields.get_next(wall)[0]
        # aws-croniter gives up at the first month that has no fifth day of a name.
        for _ in range(_MONTHS_AHEAD if _FIFTH in self.fields.rules[_DAY_OF_WEEK] else 0):
            if found is not None:
                break
            wall = (wall.replace(day=1) + timedelta(days=32)).replace(day=1, hour=0, minute=0, second=0)
            if wall.month in self.fields.months:
                found = self.fields.get_next(wall, inclusive=True)[0]
        return found


def parse(text: str, zone: str = "UTC") -> Expression:
    """An expression of EventBridge Scheduler or of a rule; raises InvalidExpressionError."""
    known = _zone(zone)
    if found := _AT.fullmatch(text):
        return At(_wall_time(found[1]).replace(tzinfo=known).timestamp())
    if found := _RATE.fullmatch(text):
        return Rate(int(found[1]) * _SECONDS[found[2]])
    if found := _CRON.fullmatch(text):
        return Cron(_cron(found[1]), known)
    raise InvalidExpressionError(f"Invalid Schedule Expression {text}.")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidExpressionError(f"The ScheduleExpressionTimezone {name} is not valid.") from error


def _wall_time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidExpressionError(f"Invalid Schedule Expression at({text}).") from error


def _cron(text: str) -> AwsCroniter:
    fields = text.upper().split()
    if fields[_DAY_OF_WEEK] == "L":
        fields[_DAY_OF_WEEK] = _LAST_DAY_OF_WEEK
    try:
        return AwsCroniter(" ".join(fields))
    except ValueError as error:
        raise InvalidExpressionError(f"Invalid Schedule Expression cron({text}). {error}") from error


def _exists(wall: datetime) -> bool:
    """Whether the clocks of the zone ever show this time."""
    return wall.astimezone(UTC).astimezone(wall.tzinfo).replace(tzinfo=None) == wall.replace(tzinfo=None)
