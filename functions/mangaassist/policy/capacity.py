"""How what releases need becomes planned changes of capacity.

CapacityError
├── CalendarError      the release calendar cannot be used
├── SchedulesError     EventBridge Scheduler did not take the plan
├── RecordError        the record of the plan cannot be read or written
├── HistoryError       CloudWatch did not tell the traffic of the past
├── ScalingError       Application Auto Scaling did not take the bounds
├── ThroughputError    Bedrock did not sell or release provisioned throughput
└── ConcurrencyError   Lambda did not take a function's concurrency
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from mangaassist.errors import MangaAssistError

MINUTE = timedelta(minutes=1)
# Before a release: looked at and ordered again, twice, then counted as missing.
CHECKS = (timedelta(minutes=90), timedelta(minutes=60))
DEADLINE = timedelta(minutes=30)
MAXIMUM_CHANGES = 2_000

Action = Literal["set", "check", "deadline"]
Kind = Literal["fleet", "throughput", "reserved", "warm"]


class CapacityError(MangaAssistError):
    """Capacity could not be planned or changed."""


class CalendarError(CapacityError):
    """The release calendar cannot be used."""


class SchedulesError(CapacityError):
    """EventBridge Scheduler did not take the plan."""


class RecordError(CapacityError):
    """The record of the plan cannot be read or written."""


class HistoryError(CapacityError):
    """CloudWatch did not tell the traffic of the past."""


class ScalingError(CapacityError):
    """Application Auto Scaling did not take the bounds."""


class ThroughputError(CapacityError):
    """Bedrock did not sell or release provisioned throughput."""


class ConcurrencyError(CapacityError):
    """Lambda did not take a function's concurrency."""


@dataclass(frozen=True)
class Target:
    """Something that has a level: instances, model units, or executions of each function.

    No plan leaves its floor and its ceiling, which is what it may cost.
    """

    name: str
    kind: Kind
    floor: int
    ceiling: int

    def within(self, level: int) -> int:
        """The nearest level that this target may have."""
        return max(self.floor, min(self.ceiling, level))


@dataclass(frozen=True)
class Need:
    """A level for a release, from `starts_at` until `ends_at` (UTC); it is to stand half an hour before `due_at`."""

    starts_at: datetime
    due_at: datetime
    ends_at: datetime
    level: int
    title: str


@dataclass(frozen=True)
class Change:
    """At a moment (UTC, whole minutes) a target gets a level, for the sake of releases, or is looked at."""

    target: str
    at: datetime
    level: int
    releases: tuple[str, ...] = ()
    action: Action = "set"

    @property
    def name(self) -> str:
        """Says all that the change does, so that equal plans have equal names. At most 64 characters."""
        suffix = "" if self.action == "set" else f"-{self.action[:5]}"
        return f"{self.target}-{self.at:%Y%m%dT%H%MZ}-{self.level}{suffix}"


def timeline(needs: Iterable[Need], target: Target) -> list[Change]:
    """Every change of a target's level, in order. Where needs overlap, the highest counts."""
    windows = [_Window.of(need, target) for need in needs]
    changes: list[Change] = []
    before = target.floor
    for at, level in _levels(windows, target.floor):
        if level != before:
            titles = {window.title for window in windows if window.holds(at) and window.level == level}
            changes.append(Change(target.name, at, level, tuple(sorted(titles)) if level > target.floor else ()))
            before = level
    return changes


def checks(needs: Iterable[Need], target: Target, changes: Sequence[Change]) -> list[Change]:
    """When it is looked whether what was ordered has come; the last time is the deadline."""
    moments: dict[datetime, tuple[Action, set[str]]] = {}
    for need in needs:
        if target.within(need.level) == target.floor:
            continue
        due, start = _whole_minute(need.due_at), _whole_minute(need.starts_at)
        wanted: list[tuple[datetime, Action]] = [(due - early, "check") for early in CHECKS]
        for at, action in [*wanted, (due - DEADLINE, "deadline")]:
            if at > start:
                known = moments.setdefault(at, (action, set()))
                moments[at] = ("deadline" if "deadline" in (known[0], action) else "check", known[1] | {need.title})
    return [
        Change(target.name, at, level_at(changes, at, target.floor), tuple(sorted(titles)), action)
        for at, (action, titles) in sorted(moments.items())
    ]


def level_at(changes: Sequence[Change], moment: datetime, floor: int) -> int:
    """The level that a timeline asks for at a moment."""
    past = [change for change in changes if change.at <= moment]
    return past[-1].level if past else floor


def plan(
    needs: Sequence[Need], target: Target, *, now: datetime, until: datetime, current: int
) -> tuple[list[Change], list[Change]]:
    """A target's whole timeline; and what is to be scheduled of it, after `now` and up to `until`, checks included.

    `current` is the level at present. When it is not what is asked for at this moment, because a schedule was missed
    or the calendar came late, what is scheduled begins with a change that puts it right.
    """
    changes = timeline(needs, target)
    coming = [change for change in changes if now < change.at <= until]
    looks = [check for check in checks(needs, target, changes) if now < check.at <= until]
    soonest = _whole_minute(now) + 2 * MINUTE
    due = level_at(changes, now, target.floor)
    if due != current and not (coming and coming[0].at <= soonest):
        past = [change.releases for change in changes if change.at <= now]
        coming.insert(0, Change(target.name, soonest, due, past[-1] if past else ()))
    return changes, [*coming, *looks]


@dataclass(frozen=True)
class Shortfall:
    """A release for which a target may not have what it needs: a level above its ceiling."""

    target: str
    release: str
    at: datetime
    needed: int
    given: int


def shortfalls(needs: Iterable[Need], target: Target) -> list[Shortfall]:
    """What the ceiling withholds."""
    return [
        Shortfall(target.name, need.title, need.due_at, need.level, target.ceiling)
        for need in needs
        if need.level > target.ceiling
    ]


@dataclass(frozen=True)
class Revision:
    """What turns the schedules that exist into a plan."""

    create: tuple[Change, ...]
    delete: tuple[str, ...]


def revision(planned: Sequence[Change], existing: Iterable[str]) -> Revision:
    """The schedules to create, and the names of those to delete; nothing when the plan stands already.

    Raises CalendarError for more changes than releases can mean.
    """
    if len(planned) > MAXIMUM_CHANGES:
        raise CalendarError(f"the calendar asks for {len(planned)} changes, more than {MAXIMUM_CHANGES}: check it")
    names = {change.name for change in planned}
    standing = set(existing)
    create = tuple(change for change in planned if change.name not in standing)
    return Revision(create, tuple(sorted(standing - names)))


@dataclass(frozen=True)
class _Window:
    """A need in whole minutes, within what its target may have."""

    starts_at: datetime
    ends_at: datetime
    level: int
    title: str

    @classmethod
    def of(cls, need: Need, target: Target) -> "_Window":
        return cls(_whole_minute(need.starts_at), _whole_minute(need.ends_at), target.within(need.level), need.title)

    def holds(self, moment: datetime) -> bool:
        return self.starts_at <= moment < self.ends_at


def _levels(windows: Sequence[_Window], floor: int) -> Iterator[tuple[datetime, int]]:
    """Every moment at which a window begins or ends, and the highest level from then on; n log n of them."""
    waiting = sorted(windows, key=lambda window: window.starts_at, reverse=True)
    highest: list[tuple[int, datetime]] = []
    for at in sorted({edge for window in windows for edge in (window.starts_at, window.ends_at)}):
        while waiting and waiting[-1].starts_at <= at:
            window = waiting.pop()
            heapq.heappush(highest, (-window.level, window.ends_at))
        while highest and highest[0][1] <= at:
            heapq.heappop(highest)
        yield at, -highest[0][0] if highest else floor


def _whole_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
