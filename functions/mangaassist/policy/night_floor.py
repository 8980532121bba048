"""The fewest instances of an ordinary hour: what the same hour of the week needed in the last weeks.

Nights fall to a fleet's own floor, evenings stand before the crowd comes home, and a release adds to neither: needs
overlap, and the highest counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

from mangaassist.policy.capacity import Need
from mangaassist.policy.demand import Series, instances

HOUR = timedelta(hours=1)
WEEKS = 8
# Of so many weeks' values of one hour the median leaves a one-off out.
ENOUGH = 3
# An instance takes 5 to 8 minutes to come.
LEAD = timedelta(minutes=15)
DAYS_AHEAD = timedelta(days=3)
DAYS_A_WEEK = 7
HOURS_A_DAY = 24

HourOfWeek = tuple[int, int]
"""Day (Monday is 0) and hour, in UTC."""


@dataclass(frozen=True)
class Window:
    """A time that was not ordinary: a release, until its traffic had gone."""

    starts_at: datetime
    ends_at: datetime

    def touches(self, hour: datetime) -> bool:
        return self.starts_at < hour + HOUR and self.ends_at > hour


def usual_rates(traffic: Series, releases: Sequence[Window], now: datetime) -> Mapping[HourOfWeek, float]:
    """The highest rate of an hour, in invocations a minute: the median of the last eight weeks, without releases.

    An hour with too few values has the median of that hour on the other days; where those are too few it is missing.
    """
    seen: dict[HourOfWeek, list[float]] = defaultdict(list)
    for hour, rate in _highest(traffic, now - timedelta(weeks=WEEKS), now).items():
        if not any(window.touches(hour) for window in releases):
            seen[_hour_of_week(hour)].append(rate)
    own = {hour: median(rates) for hour, rates in seen.items() if len(rates) >= ENOUGH}
    by_hour = {hour: [own[day, hour] for day in range(DAYS_A_WEEK) if (day, hour) in own] for hour in _hours()}
    others = {hour: median(rates) for hour, rates in by_hour.items() if len(rates) >= ENOUGH}
    elsewhere = {(day, hour): rate for hour, rate in others.items() for day in range(DAYS_A_WEEK)}
    return {**elsewhere, **own}


def floors(rates: Mapping[HourOfWeek, float], *, per_instance: float, headroom: float) -> Mapping[HourOfWeek, int]:
    """Instances by hour of the week. The hours before and after count too: twice a year customers' clocks change."""
    return {
        (day, hour): max(
            instances(rates[near], per_instance=per_instance, headroom=headroom)
            for near in _neighbours(day, hour)
            if near in rates
        )
        for day, hour in rates
    }


def floor_needs(levels: Mapping[HourOfWeek, int], now: datetime) -> Iterator[Need]:
    """A need for every hour that has a floor, from now until midnight (UTC) after two days; it begins before the hour.

    Tomorrow's plan knows a day more of traffic: what reached further would be scheduled and taken back every day.
    """
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    end = hour.replace(hour=0) + DAYS_AHEAD
    while hour < end:
        level = levels.get(_hour_of_week(hour), 0)
        if level:
            yield Need(hour - LEAD, hour - LEAD, hour + HOUR, level, f"usual {hour:%a %H}:00 UTC")
        hour += HOUR


def _highest(traffic: Series, start: datetime, end: datetime) -> Mapping[datetime, float]:
    """The highest rate of every hour that has any."""
    highest: dict[datetime, float] = {}
    for time, rate in zip(traffic.times, traffic.rates, strict=True):
        if start <= time < end:
            hour = time.replace(minute=0, second=0, microsecond=0)
            highest[hour] = max(rate, highest.get(hour, 0.0))
    return highest


def _hour_of_week(moment: datetime) -> HourOfWeek:
    utc = moment.astimezone(UTC)
    return utc.weekday(), utc.hour


def _neighbours(day: int, hour: int) -> Iterable[HourOfWeek]:
    for step in (-1, 0, 1):
        days, near = divmod(hour + step, HOURS_A_DAY)
        yield (day + days) % DAYS_A_WEEK, near


def _hours() -> range:
    return range(HOURS_A_DAY)
