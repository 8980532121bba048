"""Given what releases need and a target, the planned changes of its level are right to the minute."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mangaassist.policy.capacity import (
    MAXIMUM_CHANGES,
    CalendarError,
    Change,
    Need,
    Target,
    checks,
    level_at,
    plan,
    revision,
    shortfalls,
    timeline,
)

FLEET = Target("mangaassist-prod-classifier", "fleet", floor=2, ceiling=8)
LEAD = timedelta(hours=2)
NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
UNTIL = NOW + timedelta(days=14)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC)


def release(title: str, starts_at: datetime, ends_at: datetime, level: int = 6) -> Need:
    return Need(starts_at - LEAD, starts_at, ends_at, level, title)


def levels(changes: list[Change]) -> list[tuple[datetime, int]]:
    return [(change.at, change.level) for change in changes if change.action == "set"]


def planned(*needs: Need, current: int = 2, now: datetime = NOW) -> list[Change]:
    return plan(needs, FLEET, now=now, until=UNTIL, current=current)[1]


def test_given_a_release_when_planned_then_capacity_rises_two_hours_before_and_falls_at_its_end() -> None:
    changes = timeline([release("chapter", at(7, 15), at(7, 17))], FLEET)

    assert levels(changes) == [(at(7, 13), 6), (at(7, 17), 2)]
    assert [change.releases for change in changes] == [("chapter",), ()]


def test_given_overlapping_releases_when_planned_then_the_one_that_needs_most_counts() -> None:
    long = release("volume", at(7, 10), at(8, 10), 3)
    high = release("chapter", at(7, 15), at(7, 17), 6)

    changes = timeline([high, long], FLEET)

    assert levels(changes) == [(at(7, 8), 3), (at(7, 13), 6), (at(7, 17), 3), (at(8, 10), 2)]
    assert changes[2].releases == ("volume",)


def test_given_a_release_whose_lead_meets_another_end_when_planned_then_capacity_stays_up_between() -> None:
    changes = timeline([release("a", at(7, 10), at(7, 12)), release("b", at(7, 14), at(7, 16))], FLEET)

    assert levels(changes) == [(at(7, 8), 6), (at(7, 16), 2)]


def test_given_a_demand_beyond_the_ceiling_when_planned_then_it_is_bounded_and_named() -> None:
    rush = release("prime day", at(7, 10), at(7, 12), 18)

    assert levels(timeline([rush], FLEET))[0] == (at(7, 8), FLEET.ceiling)
    (missing,) = shortfalls([rush, release("chapter", at(7, 10), at(7, 12))], FLEET)
    assert (missing.release, missing.needed, missing.given) == ("prime day", 18, 8)


@pytest.mark.parametrize("level", [2, 1, 0])
def test_given_a_release_without_a_surge_when_planned_then_nothing_goes_below_the_floor(level: int) -> None:
    need = release("reprint", at(7, 10), at(7, 12), level)

    assert timeline([need], FLEET) == []
    assert checks([need], FLEET, []) == []


def test_given_a_schedule_that_was_missed_when_planned_again_then_the_plan_begins_with_its_repair() -> None:
    live = release("chapter", at(1, 4), at(1, 6))

    changes = planned(live, current=2)

    assert levels(changes) == [(at(1, 3, 2), 6), (at(1, 6), 2)]


def test_given_capacity_left_standing_after_a_release_when_planned_then_it_is_lowered() -> None:
    assert levels(planned(current=6)) == [(at(1, 3, 2), 2)]


def test_given_capacity_already_raised_when_planned_then_only_the_end_is_scheduled() -> None:
    assert levels(planned(release("chapter", at(1, 4), at(1, 6)), current=6)) == [(at(1, 6), 2)]


def test_given_a_change_within_the_next_minutes_when_planned_then_no_repair_gets_in_its_way() -> None:
    changes = planned(release("chapter", at(1, 5, 1), at(1, 7)), current=4)

    assert levels(changes) == [(at(1, 3, 1), 6), (at(1, 7), 2)]


def test_given_releases_beyond_the_horizon_when_planned_then_they_wait_for_a_later_plan() -> None:
    assert planned(release("chapter", at(20, 10), at(20, 12))) == []


def test_given_a_plan_that_stands_when_planned_again_then_nothing_changes() -> None:
    changes = planned(release("chapter", at(7, 15), at(7, 17)))

    again = revision(changes, [change.name for change in changes])

    assert again.create == ()
    assert again.delete == ()


def test_given_a_moved_release_when_planned_again_then_its_schedules_move() -> None:
    before = planned(release("chapter", at(7, 15), at(7, 17)))
    after = planned(release("chapter", at(7, 15), at(7, 18)))

    moved = revision(after, [change.name for change in before])

    assert [change.at for change in moved.create] == [at(7, 18)]
    assert moved.delete == ("mangaassist-prod-classifier-20261207T1700Z-2",)


def test_given_a_release_when_planned_then_it_is_looked_twice_and_missed_capacity_counts_half_an_hour_before() -> None:
    need = release("chapter", at(7, 15), at(7, 17))

    looks = [change for change in planned(need) if change.action != "set"]

    assert [(one.at, one.action, one.level) for one in looks] == [
        (at(7, 13, 30), "check", 6),
        (at(7, 14), "check", 6),
        (at(7, 14, 30), "deadline", 6),
    ]


def test_given_a_deadline_that_is_another_releases_check_when_planned_then_it_stays_a_deadline() -> None:
    first, second = release("a", at(7, 15), at(7, 17)), release("b", at(7, 15, 30), at(7, 17))

    looks = [one for one in planned(first, second) if one.at == at(7, 14, 30)]

    assert [(one.action, one.releases) for one in looks] == [("deadline", ("a", "b"))]


def test_given_more_changes_than_releases_can_mean_when_planned_then_the_calendar_is_refused() -> None:
    changes = [Change("fleet", NOW + timedelta(minutes=number), 3) for number in range(MAXIMUM_CHANGES + 1)]

    with pytest.raises(CalendarError, match="2001 changes"):
        revision(changes, [])


hours = st.integers(min_value=0, max_value=200)


@given(
    st.lists(st.tuples(hours, st.integers(min_value=1, max_value=30), st.integers(min_value=0, max_value=12))), hours
)
def test_given_any_releases_then_at_any_moment_the_level_is_the_highest_that_a_live_one_needs(
    drawn: list[tuple[int, int, int]], hour: int
) -> None:
    start = at(2, 0)
    needs = [
        release(f"r{n}", start + timedelta(hours=begin), start + timedelta(hours=begin + length), level)
        for n, (begin, length, level) in enumerate(drawn)
    ]
    moment = start + timedelta(hours=hour)
    live = [need.level for need in needs if need.starts_at <= moment < need.ends_at]

    assert level_at(timeline(needs, FLEET), moment, FLEET.floor) == FLEET.within(max(live, default=0))


@pytest.mark.parametrize("action", ["set", "check", "deadline"])
@pytest.mark.parametrize(
    ("target", "level"), [("classifier", 999), ("reranker", 999), ("sonnet", 9999), ("reserved", 9999), ("warm", 9999)]
)
def test_a_name_fits_eventbridge_scheduler_for_the_longest_stage(target: str, level: int, action: str) -> None:
    longest = Change(f"mangaassist-{'s' * 16}-{target}", at(7, 13), level, (), action)  # type: ignore[arg-type]  # one of the three

    assert len(longest.name) <= 64
