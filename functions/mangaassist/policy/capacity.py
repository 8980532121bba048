"""How the release calendar becomes planned changes of the endpoints' minimum capacity.

CapacityError
├── CalendarError      the release calendar cannot be used
├── SchedulesError     EventBridge Scheduler did not take the plan
└── ScalingError       Application Auto Scaling did not take the bounds
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mangaassist.errors import MangaAssistError

MINUTE = timedelta(minutes=1)


class CapacityError(MangaAssistError):
    """Capacity could not be planned or changed."""


class CalendarError(CapacityError):
    """The release calendar cannot be used."""


class SchedulesError(CapacityError):
    """EventBridge Scheduler did not take the plan."""


class ScalingError(CapacityError):
    """Application Auto Scaling did not take the bounds."""


@dataclass(frozen=True)
class Fleet:
    """The instances behind one endpoint's variant, and the bounds that no plan leaves."""

    endpoint: str
    variant: str
    minimum: int
    maximum: int

    def within_bounds(self, instances: int) -> int:
        """The nearest number of instances that this fleet may have."""
        return max(self.minimum, min(self.maximum, instances))


@dataclass(frozen=True)
class Release:
    """One occurrence of a calendar event. Its times are aware; `multiplier` is peak over ordinary traffic."""

    title: str
    starts_at: datetime
    ends_at: datetime
    multiplier: float

    def instances(self, fleet: Fleet) -> int:
        """ceil(minimum x multiplier): the fleet's minimum carries ordinary traffic. May exceed its maximum."""
        return math.ceil(fleet.minimum * self.multiplier)


@dataclass(frozen=True)
class Change:
    """From `at` on (UTC, whole minutes), a fleet keeps at least `minimum` instances, for the sake of `releases`."""

    endpoint: str
    at: datetime
    minimum: int
    releases: tuple[str, ...]

    @property
    def name(self) -> str:
        """Says all that the change does, so that equal plans have equal names. At most 64 characters."""
        return f"{self.endpoint}-{self.at:%Y%m%dT%H%MZ}-{self.minimum}"


def timeline(releases: Iterable[Release], fleet: Fleet, lead: timedelta) -> list[Change]:
    """Every change of the minimum, in order: up `lead` before a release, down at its end.

    Where releases overlap, the one that needs most counts.
    """
    windows = [_Window.around(release, fleet, lead) for release in releases]
    changes: list[Change] = []
    level = fleet.minimum
    for edge in sorted({edge for window in windows for edge in (window.starts_at, window.ends_at)}):
        live = [window for window in windows if window.starts_at <= edge < window.ends_at]
        needed = max((window.instances for window in live), default=fleet.minimum)
        if needed != level:
            titles = sorted({window.title for window in live if window.instances == needed})
            changes.append(Change(fleet.endpoint, edge, needed, tuple(titles)))
            level = needed
    return changes


def plan(
    releases: Iterable[Release], fleet: Fleet, *, lead: timedelta, now: datetime, until: datetime, current: int
) -> list[Change]:
    """The changes after `now` and up to `until`, the first at least a minute away.

    `current` is the fleet's minimum at present. When it is not what the calendar asks for at this moment, because a
    schedule was missed or the calendar came late, the plan begins with a change that puts it right.
    """
    changes = timeline(releases, fleet, lead)
    past = [change for change in changes if change.at <= now]
    coming = [change for change in changes if now < change.at <= until]
    soonest = _whole_minute(now) + 2 * MINUTE
    due = past[-1] if past else Change(fleet.endpoint, now, fleet.minimum, ())
    if due.minimum == current or (coming and coming[0].at <= soonest):
        return coming
    return [Change(fleet.endpoint, soonest, due.minimum, due.releases), *coming]


def beyond_ceiling(releases: Iterable[Release], fleet: Fleet) -> list[Release]:
    """The releases that need more instances than the fleet may have."""
    return [release for release in releases if release.instances(fleet) > fleet.maximum]


@dataclass(frozen=True)
class Revision:
    """What turns the schedules that exist into a plan."""

    create: tuple[Change, ...]
    delete: tuple[str, ...]


def revision(planned: Sequence[Change], existing: Iterable[str]) -> Revision:
    """The schedules to create, and the names of those to delete; nothing when the plan stands already."""
    names = {change.name for change in planned}
    standing = set(existing)
    create = tuple(change for change in planned if change.name not in standing)
    return Revision(create, tuple(sorted(standing - names)))


@dataclass(frozen=True)
class _Window:
    """When a release needs how many instances."""

    starts_at: datetime
    ends_at: datetime
    instances: int
    title: str

    @classmethod
    def around(cls, release: Release, fleet: Fleet, lead: timedelta) -> "_Window":
        return cls(
            starts_at=_whole_minute(release.starts_at) - lead,
            ends_at=_whole_minute(release.ends_at),
            instances=fleet.within_bounds(release.instances(fleet)),
            title=release.title,
        )


def _whole_minute(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(second=0, microsecond=0)
