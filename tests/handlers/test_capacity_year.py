"""The store's calendar for a year: whenever it is planned, capacity moves at the right minute in both time zones."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mangaassist.aws.scaling import Bounds
from tests.handlers import capacity_cloud as cloud
from tests.handlers.capacity_cloud import ENDPOINTS, plan, scale, upload

TOKYO, NEW_YORK = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")
CHAPTER_JP, CHAPTER_US = "One Piece, weekly chapter (Japan)", "One Piece, weekly chapter (US)"


@pytest.fixture
def present() -> cloud.Present:
    return cloud.Present()


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch, present: cloud.Present) -> Iterator[None]:
    with cloud.cloud(monkeypatch, present):
        upload()
        yield


def fired(present: cloud.Present, day: datetime, until: datetime) -> list[tuple[datetime, int, str]]:
    """Plan on a day, then fire its schedules in turn: when the classifier's level changed, to what, and why."""
    present.now = day
    plan()
    changes = []
    for one in cloud.inputs():
        at = datetime.fromisoformat(one["at"])
        if at > until:
            break
        present.now = at
        outcome = scale(one)
        if outcome["changed"] and one["target"] == ENDPOINTS[0]:
            changes.append((at, outcome["level"], ", ".join(one["releases"])))
    return changes


@pytest.mark.parametrize("sunday", ["2026-12-13", "2027-03-07", "2027-03-14", "2027-10-31", "2027-11-07"])
def test_given_either_side_of_a_clock_change_when_planned_then_capacity_rises_two_hours_before_the_first_chapter(
    present: cloud.Present, sunday: str
) -> None:
    midnight = datetime.fromisoformat(f"{sunday}T00:00+00:00")
    present.now = midnight - timedelta(days=6)
    # Midnight of Monday in Tokyo, 11 a.m. of Sunday in New York: an hour apart in winter, the same moment in summer.
    jp = datetime.fromisoformat(f"{sunday}T00:00").replace(tzinfo=TOKYO) + timedelta(days=1)
    us = datetime.fromisoformat(f"{sunday}T11:00").replace(tzinfo=NEW_YORK)

    planned = plan()

    due = {(datetime.fromisoformat(one["starts_at"]), one["title"]) for one in planned["forecasts"]}
    assert {(jp, CHAPTER_JP), (us, CHAPTER_US)} <= due
    raised = [one["at"] for one in cloud.inputs() if one["level"] == 6 and one["action"] == "set"]
    first = min(jp, us).astimezone(UTC) - timedelta(hours=2)
    assert f"{first:%Y-%m-%dT%H:%M:%SZ}" in raised


def test_given_a_winter_week_when_its_schedules_fire_then_the_level_is_each_moments_highest_need_and_returns(
    present: cloud.Present,
) -> None:
    began = datetime(2026, 12, 9, 3, tzinfo=UTC)

    sunday = [change for change in fired(present, began, began + timedelta(days=4, hours=18)) if change[0].day == 13]

    assert sunday == [
        (datetime(2026, 12, 13, 13, tzinfo=UTC), 6, CHAPTER_JP),
        (datetime(2026, 12, 13, 18, tzinfo=UTC), 5, CHAPTER_US),
        (datetime(2026, 12, 13, 19, tzinfo=UTC), 2, ""),
    ]
    assert cloud.bounds() == [Bounds(2, 8), Bounds(2, 8)]


@pytest.mark.parametrize(
    ("week", "day", "is_met"),
    [
        (datetime(2026, 12, 30, tzinfo=UTC), datetime(2027, 1, 3, 13, tzinfo=UTC), False),
        (datetime(2027, 2, 10, tzinfo=UTC), datetime(2027, 2, 14, 13, tzinfo=UTC), False),
        (datetime(2027, 2, 10, tzinfo=UTC), datetime(2027, 2, 12, 13, tzinfo=UTC), True),
        (datetime(2027, 6, 16, tzinfo=UTC), datetime(2027, 6, 20, 13, tzinfo=UTC), False),
        (datetime(2027, 6, 23, tzinfo=UTC), datetime(2027, 6, 27, 13, tzinfo=UTC), True),
    ],
    ids=["holiday", "moved from", "moved to", "cancelled", "the next"],
)
def test_given_holidays_and_moved_and_cancelled_chapters_when_planned_then_capacity_rises_where_one_takes_place(
    present: cloud.Present, week: datetime, day: datetime, is_met: bool
) -> None:
    present.now = week

    plan()

    chapters = [one["at"] for one in cloud.inputs() if CHAPTER_JP in one["releases"] and one["action"] == "set"]
    assert (f"{day:%Y-%m-%dT%H:%M:%SZ}" in chapters) is is_met


def test_given_prime_day_over_a_chapter_when_planned_then_the_highest_counts_and_what_is_withheld_is_told(
    present: cloud.Present,
) -> None:
    present.now = datetime(2027, 7, 8, 3, tzinfo=UTC)

    outcome = plan()

    levels = {one["at"]: one["level"] for one in cloud.inputs() if one["target"] == ENDPOINTS[0]}
    assert levels["2027-07-11T13:00:00Z"] == 8
    assert {one["needed"] for one in outcome["shortfalls"]} == {9, 10}


def test_given_a_plan_of_yesterday_when_planned_today_then_only_the_day_that_has_come_into_view_is_new(
    present: cloud.Present,
) -> None:
    yesterday = datetime(2027, 3, 7, 3, tzinfo=UTC)
    today = yesterday + timedelta(days=1)
    fired(present, yesterday, until=today)
    present.now = today

    outcome = plan()

    horizon = today + timedelta(days=13)
    assert outcome["created"]
    assert all(datetime.fromisoformat(one["at"]) > horizon for one in outcome["created"])
