"""Given a plan that asks for less, a fleet keeps what the plan and the present traffic need, and no more."""

from datetime import UTC, datetime, timedelta

import pytest

from mangaassist.policy.demand import Series
from mangaassist.policy.letting_go import kept

NOW = datetime(2026, 12, 6, 18, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def traffic(*rates: float, before: datetime = NOW) -> Series:
    """The last of them in the minute before."""
    times = tuple(before - step * MINUTE for step in range(len(rates), 0, -1))
    return Series(MINUTE, times, rates)


def keeps(level: int, series: Series) -> int | None:
    return kept(level, series, NOW, per_instance=200, headroom=1.25)


def test_given_traffic_that_five_instances_carry_when_the_plan_asks_for_two_then_five_are_kept() -> None:
    assert keeps(2, traffic(*[667.0] * 15)) == 5


def test_given_a_plan_that_asks_for_more_than_traffic_does_then_the_plan_is_kept() -> None:
    assert keeps(6, traffic(*[100.0] * 15)) == 6


def test_the_busiest_of_the_last_minutes_counts() -> None:
    assert keeps(2, traffic(*[100.0] * 10, 1_600.0, *[100.0] * 4)) == 10


def test_what_was_before_the_last_quarter_of_an_hour_does_not_count() -> None:
    assert keeps(2, traffic(*[2_000.0] * 30, *[100.0] * 15)) == 2


@pytest.mark.parametrize("series", [traffic(), traffic(*[100.0] * 4), traffic(*[100.0] * 15, before=NOW - 15 * MINUTE)])
def test_given_too_few_minutes_then_nothing_can_be_said(series: Series) -> None:
    assert keeps(2, series) is None
