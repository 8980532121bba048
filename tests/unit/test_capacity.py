"""Given releases and a fleet, the planned changes of its minimum are right to the minute."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mangaassist.policy.capacity import Change, Fleet, Release, beyond_ceiling, plan, revision, timeline

FLEET = Fleet("mangaassist-prod-classifier", "primary", minimum=2, maximum=8)
LEAD = timedelta(hours=2)
NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
UNTIL = NOW + timedelta(days=14)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC)


def release(title: str, starts_at: datetime, ends_at: datetime, multiplier: float = 3.0) -> Release:
    return Release(title, starts_at, ends_at, multiplier)


def levels(changes: list[Change]) -> list[tuple[datetime, int]]:
    return [(change.at, change.minimum) for change in changes]


def planned(*releases: Release, current: int = 2, now: datetime = NOW) -> list[Change]:
    return plan(releases, FLEET, lead=LEAD, now=now, until=UNTIL, current=current)


def test_given_a_release_when_planned_then_capacity_rises_two_hours_before_and_falls_at_its_end() -> None:
    changes = timeline([release("chapter", at(7, 15), at(7, 17))], FLEET, LEAD)

    assert levels(changes) == [(at(7, 13), 6), (at(7, 17), 2)]
    assert [change.releases for change in changes] == [("chapter",), ()]


def test_given_overlapping_releases_when_planned_then_the_one_that_needs_most_counts() -> None:
    long = release("volume", at(7, 10), at(8, 10), 1.5)
    high = release("chapter", at(7, 15), at(7, 17), 3.0)

    changes = timeline([high, long], FLEET, LEAD)

    assert levels(changes) == [(at(7, 8), 3), (at(7, 13), 6), (at(7, 17), 3), (at(8, 10), 2)]
    assert changes[2].releases == ("volume",)


def test_given_a_release_whose_lead_meets_another_end_when_planned_then_capacity_stays_up_between() -> None:
    changes = timeline([release("a", at(7, 10), at(7, 12)), release("b", at(7, 14), at(7, 16))], FLEET, LEAD)

    assert levels(changes) == [(at(7, 8), 6), (at(7, 16), 2)]


def test_given_a_night_with_a_clock_change_when_planned_then_the_lead_is_two_hours_of_real_time() -> None:
    new_york = ZoneInfo("America/New_York")
    starts_at = datetime(2027, 3, 14, 3, 30, tzinfo=new_york)

    changes = timeline([release("chapter", starts_at, starts_at + timedelta(hours=2))], FLEET, LEAD)

    assert changes[0].at == datetime(2027, 3, 14, 5, 30, tzinfo=UTC)
    assert starts_at.astimezone(UTC) - changes[0].at == LEAD


def test_given_a_demand_beyond_the_ceiling_when_planned_then_it_is_bounded_and_named() -> None:
    rush = release("prime day", at(7, 10), at(7, 12), 9.0)

    assert levels(timeline([rush], FLEET, LEAD))[0] == (at(7, 8), FLEET.maximum)
    assert beyond_ceiling([rush, release("chapter", at(7, 10), at(7, 12))], FLEET) == [rush]


@pytest.mark.parametrize("multiplier", [1.0, 0.1])
def test_given_a_release_without_a_surge_when_planned_then_nothing_goes_below_the_minimum(multiplier: float) -> None:
    assert timeline([release("reprint", at(7, 10), at(7, 12), multiplier)], FLEET, LEAD) == []


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


def test_a_name_fits_eventbridge_scheduler_for_the_longest_stage() -> None:
    longest = Change(f"mangaassist-{'s' * 16}-classifier", at(7, 13), 999, ())

    assert len(longest.name) <= 64
