"""Given the traffic of past weeks, every hour of the week has the fewest instances that it usually needs."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import pytest

from mangaassist.policy.capacity import Need, Target, timeline
from mangaassist.policy.demand import Series
from mangaassist.policy.night_floor import WEEKS, Window, floor_needs, floors, usual_rates

NOW = datetime(2026, 12, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)
FLEET = Target("mangaassist-prod-classifier", "fleet", 2, 20)
Rate = Callable[[datetime], float]


def evenings(hour: datetime) -> float:
    """1,000 a minute from 18 to 22 o'clock, 100 otherwise; twice that at weekends."""
    return (1_000 if 18 <= hour.hour < 22 else 100) * (2 if hour.weekday() >= 5 else 1)


def traffic(
    rate: Rate = evenings, *, weeks: int = 10, without: Iterable[datetime] = (), period: timedelta = HOUR
) -> Series:
    gone = set(without)
    times = [NOW - step * period for step in range(int(timedelta(weeks=weeks) / period), 0, -1)]
    kept = [time for time in times if time not in gone]
    return Series(period, tuple(kept), tuple(rate(time) for time in kept))


def levels(series: Series, releases: Iterable[Window] = ()) -> dict[tuple[int, int], int]:
    return dict(floors(usual_rates(series, tuple(releases), NOW), per_instance=200, headroom=1.2))


def test_given_busy_evenings_when_floors_are_made_then_evenings_stand_higher_and_weekends_higher_still() -> None:
    found = levels(traffic())

    assert len(found) == 7 * 24
    assert (found[0, 19], found[5, 19]) == (6, 12)
    assert (found[0, 3], found[6, 3]) == (1, 2)


def test_the_hours_before_and_after_count_so_that_a_clock_change_finds_the_evening_standing() -> None:
    found = levels(traffic())

    assert [found[1, hour] for hour in (16, 17, 18, 21, 22, 23)] == [1, 6, 6, 6, 6, 1]
    assert found[4, 23] == 2, "Friday's last hour is followed by Saturday's first"


def test_given_one_evening_ten_times_as_busy_when_floors_are_made_then_it_is_a_one_off() -> None:
    rush = NOW - timedelta(days=3, hours=4)

    def with_rush(hour: datetime) -> float:
        return evenings(hour) * (10 if hour == rush else 1)

    assert levels(traffic(with_rush)) == levels(traffic())


def test_given_a_release_every_week_when_floors_are_made_then_its_hours_count_as_on_other_days() -> None:
    mondays = [NOW - timedelta(weeks=week) + timedelta(hours=3) for week in range(1, 11)]

    def with_chapters(hour: datetime) -> float:
        return 3_000 if hour in mondays else evenings(hour)

    chapters = [Window(monday, monday + HOUR) for monday in mondays]
    assert levels(traffic(with_chapters))[0, 3] == 18
    assert levels(traffic(with_chapters), chapters) == levels(traffic())


def test_given_missing_hours_when_floors_are_made_then_the_rest_of_them_speak() -> None:
    gaps = [NOW - timedelta(days=days, hours=5) for days in range(1, 30, 2)]

    assert levels(traffic(without=gaps)) == levels(traffic())


def test_given_an_hour_that_was_never_measured_then_the_same_hour_of_the_other_days_stands_for_it() -> None:
    tuesdays = [NOW - timedelta(weeks=week) + timedelta(days=1, hours=19) for week in range(1, 11)]

    assert usual_rates(traffic(without=tuesdays), (), NOW)[1, 19] == 1_000


@pytest.mark.parametrize("weeks", [0, 2])
def test_given_hardly_any_history_then_no_hour_has_a_floor_of_its_own(weeks: int) -> None:
    tuesdays_only = traffic(weeks=weeks)
    thinned = Series(HOUR, tuesdays_only.times[:24], tuesdays_only.rates[:24])

    assert levels(thinned) == {}
    assert list(floor_needs(levels(thinned), NOW)) == []


def test_given_traffic_that_has_grown_then_what_is_older_than_eight_weeks_does_not_hold_the_floor_down() -> None:
    def grown(hour: datetime) -> float:
        return 50 if hour < NOW - timedelta(weeks=WEEKS) else evenings(hour)

    assert levels(traffic(grown, weeks=40)) == levels(traffic())


def test_given_finer_values_then_an_hours_highest_counts_and_not_its_average() -> None:
    def peaky(time: datetime) -> float:
        return 1_000 if time.minute == 30 else 100

    found = usual_rates(traffic(peaky, period=timedelta(minutes=5)), (), NOW)

    assert set(found.values()) == {1_000}


def test_given_floors_when_planned_then_capacity_rises_before_the_hour_and_falls_to_two_at_night() -> None:
    monday = NOW
    needs = floor_needs(levels(traffic()), monday)

    changes = timeline(needs, FLEET)

    assert [(change.at, change.level) for change in changes] == [
        (monday + timedelta(days=day, **time), level)
        for day in range(3)
        for time, level in (({"hours": 16, "minutes": 45}, 6), ({"hours": 23}, 2))
    ]
    assert changes[0].releases == ("usual Mon 17:00 UTC",)


@pytest.mark.parametrize(("level", "expected"), [(12, [6, 12, 6, 2]), (4, [6, 2])])
def test_given_a_release_in_the_evening_when_planned_then_the_higher_of_both_counts(
    level: int, expected: list[int]
) -> None:
    start = NOW + timedelta(hours=19)
    release = Need(start - timedelta(hours=1), start, start + timedelta(hours=2), level, "chapter")
    usual = floor_needs(levels(traffic()), NOW)

    changes = timeline([release, *usual], FLEET)

    assert [change.level for change in changes if change.at < NOW + timedelta(days=1)] == expected


def test_given_another_plan_on_the_same_day_then_the_floors_end_at_the_same_midnight() -> None:
    hours = [max(need.ends_at for need in floor_needs(levels(traffic()), NOW + late * HOUR)) for late in (0, 5, 23)]

    assert hours == [NOW + timedelta(days=3)] * 3
