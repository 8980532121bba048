"""How much traffic a release will bring: from releases like it, else from the calendar, else from its kind."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Literal

from mangaassist.tables import ReleaseKind, releases

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
# Of the values that a window should have; with fewer it is a gap.
COVERAGE = 0.5
# From so many observations on, one far off is told from the others.
ENOUGH_TO_JUDGE = 4
# A normal distribution's standard deviation over its median absolute deviation.
MAD_TO_SIGMA = 1.4826
FARTHEST_SIGMAS = 3.0
# Releases that drew the very same crowd every time would make each small difference an outlier.
LEAST_SPREAD = 0.1

Source = Literal["history", "calendar", "kind"]


@dataclass(frozen=True)
class Release:
    """One occurrence of a calendar event. Its times are UTC; `multiplier` is what the calendar expects, if it does."""

    title: str
    starts_at: datetime
    ends_at: datetime
    kind: str = "other"
    multiplier: float | None = None

    @property
    def of_kind(self) -> ReleaseKind:
        return releases().kinds[self.kind]

    @property
    def decayed_at(self) -> datetime:
        """When its traffic has gone."""
        return self.ends_at + timedelta(minutes=self.of_kind.decay_minutes)

    def resembles(self, other: "Release") -> bool:
        return (self.title, self.kind) == (other.title, other.kind)


@dataclass(frozen=True)
class Series:
    """Rates by the beginning (UTC, ascending) of their periods. Where there was no traffic, or no metric, are none."""

    period: timedelta
    times: tuple[datetime, ...] = ()
    rates: tuple[float, ...] = ()

    def between(self, start: datetime, end: datetime) -> Sequence[float]:
        """The rates of a window; none where too many are missing."""
        found = self.rates[bisect_left(self.times, start) : bisect_left(self.times, end)]
        expected = (end - start) / self.period
        return found if found and len(found) >= COVERAGE * expected else ()


@dataclass(frozen=True)
class History:
    """An endpoint's invocations a minute: finely for the last weeks, coarsely for the year before."""

    fine: Series
    coarse: Series

    def ordinary(self, now: datetime) -> float | None:
        """The median of the last week, which a few hours of releases do not move."""
        rates = self.fine.between(now - WEEK, now)
        return median(rates) if rates else None


@dataclass(frozen=True)
class Forecast:
    """A release's peak in invocations a minute, and what it rests on."""

    release: Release
    ordinary: float
    multiplier: float
    source: Source
    observations: int

    @property
    def peak(self) -> float:
        return self.ordinary * self.multiplier


def forecast(release: Release, past: Iterable[Release], history: History, *, now: datetime, carried: float) -> Forecast:
    """The demand of a coming release.

    Past releases of its title and kind, and the calendar's expectation, each give a multiplier: the greater counts,
    and the kind's where there is neither. It multiplies the last week's median; without metrics `carried`, which is
    what the smallest fleet is meant to carry.
    """
    usual = history.ordinary(now)
    ordinary = carried if usual is None else usual
    seen = observed(release, past, history, now)
    candidates: list[tuple[float, Source]] = []
    if seen:
        candidates.append((max(without_one_offs(seen)), "history"))
    if release.multiplier is not None:
        candidates.append((release.multiplier, "calendar"))
    multiplier, source = max(candidates, default=(release.of_kind.multiplier, "kind"))
    return Forecast(release, ordinary, multiplier, source, len(seen))


def observed(release: Release, past: Iterable[Release], history: History, now: datetime) -> list[float]:
    """Peak over ordinary traffic of each past release of the same title and kind that has no gap in its metrics.

    Hourly values flatten a peak: they count only where no finer ones are left.
    """
    alike = [one for one in past if one.resembles(release) and one.ends_at <= now]
    for series in (history.fine, history.coarse):
        ratios = [ratio for one in alike if (ratio := _ratio(one, series)) is not None]
        if ratios:
            return ratios
    return []


def without_one_offs(ratios: Sequence[float]) -> list[float]:
    """Without those that lie more than three robust standard deviations above the median; all, where they are few."""
    if len(ratios) < ENOUGH_TO_JUDGE:
        return list(ratios)
    middle = median(ratios)
    spread = median(abs(ratio - middle) for ratio in ratios) * MAD_TO_SIGMA
    farthest = middle + FARTHEST_SIGMAS * max(spread, LEAST_SPREAD * middle)
    return [ratio for ratio in ratios if ratio <= farthest]


def instances(peak: float, *, per_instance: float, headroom: float) -> int:
    """ceil(peak x headroom / invocations a minute of one instance)."""
    return math.ceil(round(peak * headroom / per_instance, 6))


def model_units(peak: float, *, tokens_per_unit: float, headroom: float) -> int:
    """ceil(peak turns a minute x the language model's share x tokens of a call x headroom / tokens of a model unit)."""
    turn = releases().turn
    return math.ceil(round(peak * turn.sonnet_share * turn.tokens_per_call * headroom / tokens_per_unit, 6))


def _ratio(past: Release, series: Series) -> float | None:
    """The highest rate while it went on, over the median of the day before."""
    crowd = series.between(past.starts_at, past.ends_at)
    before = series.between(past.starts_at - DAY, past.starts_at)
    if not crowd or not before or median(before) <= 0:
        return None
    return max(crowd) / median(before)
