"""Given releases of the past and their traffic, the demand of the next one is what they showed."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from mangaassist.policy.capacity import Target
from mangaassist.policy.demand import (
    Forecast,
    History,
    Release,
    Series,
    forecast,
    instances,
    model_units,
    observed,
    without_one_offs,
)
from mangaassist.policy.needs import Figures, needs
from mangaassist.tables import releases

FIVE_MINUTES, HOUR, DAY = timedelta(minutes=5), timedelta(hours=1), timedelta(days=1)
NOW = datetime(2027, 3, 1, 3, tzinfo=UTC)
ORDINARY = 100.0
FIGURES = Figures(per_instance=200, tokens_per_unit=10_000, headroom=1.25, lead=timedelta(hours=2))
FLEET = Target("classifier", "fleet", 2, 20)


def chapter(days_ago: float, title: str = "Chapter", multiplier: float | None = None, kind: str = "chapter") -> Release:
    starts_at = NOW - timedelta(days=days_ago)
    return Release(title, starts_at, starts_at + timedelta(hours=2), kind, multiplier)


COMING = chapter(-1)


def series(period: timedelta, days: int, crowds: dict[Release, float], gaps: Iterable[Release] = ()) -> Series:
    """Ordinary traffic, times something while releases go on; nothing at all around the gaps."""
    times = [NOW - days * DAY + number * period for number in range(int(days * DAY / period))]
    missing = [(one.starts_at - DAY, one.ends_at) for one in gaps]
    kept = [time for time in times if not any(start <= time < end for start, end in missing)]
    factor = {
        time: max([1.0, *(crowd for one, crowd in crowds.items() if one.starts_at <= time < one.ends_at)])
        for time in kept
    }
    return Series(period, tuple(kept), tuple(ORDINARY * factor[time] for time in kept))


def history(crowds: dict[Release, float], gaps: Iterable[Release] = ()) -> History:
    return History(series(FIVE_MINUTES, 63, crowds, gaps), Series(HOUR))


def weekly(*multipliers: float) -> dict[Release, float]:
    return {chapter(7 * (week + 1)): multiplier for week, multiplier in enumerate(multipliers)}


def expected(crowds: dict[Release, float], release: Release = COMING, gaps: Iterable[Release] = ()) -> Forecast:
    return forecast(release, crowds, history(crowds, gaps), now=NOW, carried=320)


def test_given_past_chapters_when_forecast_then_the_largest_crowd_times_ordinary_traffic_is_the_peak() -> None:
    found = expected(weekly(2.9, 3.1, 3.0, 2.8))

    assert (found.source, found.observations) == ("history", 4)
    assert found.peak == pytest.approx(310)


def test_given_a_one_off_among_past_chapters_when_forecast_then_it_does_not_count() -> None:
    assert expected(weekly(2.9, 3.1, 12.0, 3.0, 2.8)).multiplier == pytest.approx(3.1)


def test_given_too_few_chapters_to_judge_when_forecast_then_the_largest_counts() -> None:
    assert without_one_offs([3.0, 12.0, 2.9]) == [3.0, 12.0, 2.9]


def test_given_chapters_that_all_drew_the_same_when_forecast_then_a_slightly_larger_one_still_counts() -> None:
    assert max(without_one_offs([3.0, 3.0, 3.0, 3.0, 3.5])) == 3.5


def test_given_a_gap_in_the_metrics_when_forecast_then_that_chapter_is_left_out() -> None:
    crowds = weekly(3.0, 3.0, 9.0)
    lost = list(crowds)[2]

    found = expected(crowds, gaps=[lost])

    assert (found.observations, round(found.multiplier, 6)) == (2, 3.0)


def test_given_the_release_of_another_title_or_kind_when_forecast_then_it_tells_nothing() -> None:
    others = {chapter(7, "Another"): 9.0, chapter(14, kind="volume"): 9.0}

    assert observed(COMING, others, history(others), NOW) == []


def test_given_a_release_that_still_goes_on_when_forecast_then_it_does_not_count_as_past() -> None:
    live = {chapter(0.01): 5.0}

    assert observed(COMING, live, history(live), NOW) == []


def test_given_only_hourly_values_of_last_year_when_forecast_then_they_count() -> None:
    last_year = {chapter(364, "Anniversary", kind="anniversary"): 4.0}
    traffic = History(series(FIVE_MINUTES, 63, {}), series(HOUR, 400, last_year))

    found = forecast(chapter(-1, "Anniversary", kind="anniversary"), last_year, traffic, now=NOW, carried=320)

    assert (found.source, round(found.multiplier, 6)) == ("history", 4.0)


@pytest.mark.parametrize(("told", "source", "multiplier"), [(5.0, "calendar", 5.0), (1.5, "history", 3.0)])
def test_given_history_and_an_expectation_when_forecast_then_the_greater_counts(
    told: float, source: str, multiplier: float
) -> None:
    found = expected(weekly(3.0, 3.0), chapter(-1, multiplier=told))

    assert (found.source, round(found.multiplier, 6)) == (source, multiplier)


def test_given_neither_history_nor_expectation_when_forecast_then_the_kind_decides() -> None:
    found = expected({}, chapter(-1, "New", kind="prime-day"))

    assert (found.source, found.multiplier) == ("kind", releases().kinds["prime-day"].multiplier)


def test_given_no_metrics_at_all_when_forecast_then_ordinary_traffic_is_what_the_smallest_fleet_carries() -> None:
    nothing = History(Series(FIVE_MINUTES), Series(HOUR))

    found = forecast(COMING, [], nothing, now=NOW, carried=320)

    assert instances(found.peak, per_instance=200, headroom=1.25) == 6


@pytest.mark.parametrize(("peak", "needed"), [(0, 0), (1, 1), (160, 1), (160.1, 2), (320, 2), (960, 6), (961, 7)])
def test_instances_are_the_peak_with_headroom_over_what_one_carries_rounded_up(peak: float, needed: int) -> None:
    assert instances(peak, per_instance=200, headroom=1.25) == needed


@pytest.mark.parametrize("peak", [1, 159, 161, 500, 4321])
def test_a_planned_instance_never_carries_more_than_what_makes_step_scaling_add_one(peak: float) -> None:
    assert peak / instances(peak, per_instance=200, headroom=1.25) <= 200


def test_model_units_carry_the_tokens_of_the_language_models_share() -> None:
    turn = releases().turn
    tokens = 1_000 * turn.sonnet_share * turn.tokens_per_call * 1.25

    units = model_units(1_000, tokens_per_unit=10_000, headroom=1.25)

    assert (units - 1) * 10_000 < tokens <= units * 10_000


@pytest.mark.parametrize(
    ("target", "kind", "lead_hours", "level"),
    [
        (FLEET, "chapter", 2, 6),
        (Target("sonnet", "throughput", 0, 99), "chapter", 24, 63),
        (Target("sonnet", "throughput", 0, 99), "prime-day", 72, 63),
        (Target("reserved", "reserved", 20, 100), "chapter", 2, 60),
        (Target("warm", "warm", 5, 100), "prime-day", 2, 15),
    ],
)
def test_each_kind_of_capacity_has_its_lead_and_its_level(
    target: Target, kind: str, lead_hours: int, level: int
) -> None:
    release = chapter(-5, kind=kind)
    demand = Forecast(release, 320, 3.0, "history", 4)

    (need,) = needs(target, [demand], FIGURES)

    assert need.due_at - need.starts_at == timedelta(hours=lead_hours)
    assert need.ends_at == release.ends_at + timedelta(minutes=releases().kinds[kind].decay_minutes)
    assert need.level == level
