"""plan_releases and scale_capacity against moto: calendar in S3, schedules, the scalable target."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from mangaassist.aws.scaling import Bounds
from mangaassist.errors import ContractError
from mangaassist.policy.capacity import CalendarError, RecordError, ScalingError
from tests.handlers import capacity_cloud as cloud
from tests.handlers.capacity_cloud import CALENDAR, ENDPOINTS, ENVIRONMENT, event, plan, scale, schedules, upload

RAISE, LOWER = "scale_capacity/raise_before_release", "scale_capacity/lower_after_release"


@pytest.fixture
def present() -> cloud.Present:
    """In the week before the first chapters of the store's calendar."""
    return cloud.Present()


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch, present: cloud.Present) -> Iterator[None]:
    with cloud.cloud(monkeypatch, present):
        yield


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC)


def test_given_the_calendar_when_planned_then_a_schedule_calls_scale_capacity_two_hours_before_the_chapter() -> None:
    upload()

    plan(event("plan_releases/daily"))

    schedule = schedules()["mangaassist-prod-classifier-20261206T1300Z-6"]
    assert schedule["ScheduleExpression"] == "at(2026-12-06T13:00:00)"
    assert schedule["ScheduleExpressionTimezone"] == "UTC"
    assert schedule["ActionAfterCompletion"] == "DELETE"
    target = schedule["Target"]
    assert target["Arn"] == ENVIRONMENT["SCALE_CAPACITY_ARN"]
    assert target["DeadLetterConfig"]["Arn"] == ENVIRONMENT["SCHEDULE_DEAD_LETTER_ARN"]
    assert target["RetryPolicy"]["MaximumRetryAttempts"] > 0
    assert json.loads(target["Input"]) == event(RAISE)


@pytest.mark.parametrize("name", ["check_before_release", "deadline_before_release", "lower_after_release"])
def test_given_the_calendar_when_planned_then_the_other_events_of_the_folder_are_sent_too(name: str) -> None:
    upload()

    plan()

    sent = [{**one, "releases": []} for one in cloud.inputs()]
    expected = event(f"scale_capacity/{name}")
    assert {**expected, "releases": []} in sent


def test_given_a_plan_that_stands_when_planned_again_then_nothing_changes() -> None:
    upload()
    first = plan(event("plan_releases/daily"))
    before, recorded = schedules(), cloud.records()

    second = plan(event("plan_releases/calendar_uploaded"))

    assert first["created"]
    assert (second["created"], second["deleted"]) == ([], [])
    assert schedules() == before
    assert cloud.records() == recorded


def test_given_a_dry_run_when_planned_then_the_difference_is_told_and_nothing_is_changed() -> None:
    upload()

    outcome = plan(event("plan_releases/dry_run"))

    assert outcome["created"]
    assert outcome["applied"] is False
    assert schedules() == {}
    assert cloud.records("releases/plan.json") == []


def test_given_a_dry_run_with_another_calendar_when_planned_then_it_is_compared_with_what_stands() -> None:
    upload()
    plan()

    moved = CALENDAR.replace(b"DTSTART;TZID=Asia/Tokyo:20261207T000000", b"DTSTART;TZID=Asia/Tokyo:20261207T010000")
    outcome = plan({"dry_run": True, "calendar": moved.decode()})

    assert "mangaassist-prod-classifier-20261206T1300Z-6" in outcome["deleted"]
    assert "mangaassist-prod-classifier-20261206T1400Z-6" in [change["name"] for change in outcome["created"]]


def test_given_a_calendar_of_its_own_without_a_dry_run_then_it_is_refused() -> None:
    with pytest.raises(ContractError, match="upload it"):
        plan({"calendar": CALENDAR.decode()})


def test_given_a_change_of_schedules_when_planned_then_it_is_recorded_with_its_reasons() -> None:
    upload()
    plan()

    (key,) = cloud.records()
    recorded = json.loads(boto3.client("s3").get_object(Bucket=cloud.BUCKET, Key=key)["Body"].read())
    assert key == "releases/changes/2026/12/03T030000Z-plan.json"
    assert {change["name"] for change in recorded["created"]} == set(schedules())
    chapter = next(one for one in recorded["forecasts"] if one["title"] == "One Piece, weekly chapter (Japan)")
    assert (chapter["source"], chapter["multiplier"], chapter["ordinary_per_minute"]) == ("calendar", 3.0, 320.0)


def test_given_a_release_beyond_the_ceiling_when_planned_then_it_is_told_and_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    upload(CALENDAR.replace(b"X-MANGAASSIST-MULTIPLIER:3.0", b"X-MANGAASSIST-MULTIPLIER:9.0"))

    outcome = plan()

    first = outcome["shortfalls"][0]
    assert (first["target"], first["needed"], first["given"]) == (ENDPOINTS[0], 18, 8)
    assert metric("capacity_shortfall", capsys.readouterr().out) == [len(outcome["shortfalls"])]


def metric(name: str, printed: str) -> list[float]:
    documents = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    values = [document[name] for document in documents if name in document and "_aws" in document]
    return [value[0] if isinstance(value, list) else value for value in values]


def test_given_releases_that_left_the_calendar_when_planned_then_their_schedules_go() -> None:
    upload()
    plan()
    upload(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nEND:VCALENDAR\r\n")

    plan()

    assert schedules() == {}


@pytest.mark.parametrize(
    "calendar",
    [
        b"not a calendar",
        b"\xff\xfe",
        b'{"releases": [{"uid": "x"}]}',
        CALENDAR.replace(b"DURATION:PT2H", b"DURATION:-PT2H"),
        CALENDAR.replace(b"MULTIPLIER:3.0", b"MULTIPLIER:3000"),
        CALENDAR.replace(b"DTSTART;TZID=Asia/Tokyo:20261207", b"DTSTART:20261207"),
        CALENDAR.replace(b"UID:dandadan-chapter-jp", b"UID:spy-x-family-chapter-jp"),
    ],
)
def test_given_a_broken_calendar_when_planned_then_the_plan_before_stays(calendar: bytes) -> None:
    upload()
    plan()
    before = schedules()
    upload(calendar)

    with pytest.raises(CalendarError):
        plan()

    assert schedules() == before


def test_given_no_calendar_when_planned_then_the_error_says_so() -> None:
    with pytest.raises(CalendarError, match="NoSuchKey"):
        plan()


def test_given_a_missed_schedule_when_planned_again_then_the_plan_begins_with_its_repair(
    present: cloud.Present,
) -> None:
    upload()
    plan()
    present.now = at(6, 14)

    outcome = plan()

    repairs = [one for one in outcome["created"] if one["at"] == "2026-12-06T14:02:00Z"]
    assert [(one["target"], one["level"]) for one in repairs] == [(endpoint, 6) for endpoint in ENDPOINTS]


def test_given_every_planned_schedule_when_it_fires_in_turn_then_capacity_rises_and_returns(
    present: cloud.Present,
) -> None:
    upload()
    plan()
    seen = set()
    for one in cloud.inputs():
        present.now = datetime.fromisoformat(one["at"])
        seen.add(scale(one)["level"])

    assert max(seen) == 6
    assert cloud.bounds() == [Bounds(2, 8), Bounds(2, 8)]


def test_given_the_same_event_twice_when_scaled_then_the_second_changes_nothing(present: cloud.Present) -> None:
    upload()
    plan()
    present.now = at(6, 13)

    outcomes = [scale(event(RAISE))["changed"] for _ in range(2)]

    assert outcomes == [True, False]
    assert cloud.fleet().bounds() == Bounds(6, 8)
    assert len([key for key in cloud.records() if ENDPOINTS[0] in key]) == 1


def test_given_an_order_to_lower_that_comes_during_the_next_release_when_scaled_then_it_lowers_nothing(
    present: cloud.Present,
) -> None:
    upload()
    plan()
    early = {**event(LOWER), "at": "2026-12-06T12:00:00Z"}
    present.now = at(6, 13, 5)
    scale(event(RAISE))

    outcome = scale(early)

    assert (outcome["level"], outcome["changed"]) == (6, False)


def test_given_an_order_to_raise_that_comes_after_the_release_when_scaled_then_it_raises_nothing(
    present: cloud.Present,
) -> None:
    upload()
    plan()
    present.now = at(6, 22)
    scale(event(LOWER))

    assert scale(event(RAISE))["level"] == 2


def test_given_no_plan_to_compare_with_when_scaled_then_it_raises_but_never_lowers() -> None:
    raised = scale(event(RAISE))

    with pytest.raises(RecordError):
        scale(event(LOWER))

    assert raised["level"] == 6
    assert cloud.fleet().bounds() == Bounds(6, 8)


@pytest.mark.parametrize(("asked", "given"), [(0, 2), (1, 2), (6, 6), (400, 8)])
def test_given_any_number_when_scaled_then_the_fleet_stays_within_its_bounds(asked: int, given: int) -> None:
    scale({**event(RAISE), "target": ENDPOINTS[1], "level": asked})

    assert cloud.fleet(ENDPOINTS[1]).bounds() == Bounds(given, 8)


@pytest.mark.parametrize(
    "broken", [{}, {"target": "another"}, {"level": "many"}, {"at": "2026-12-06T13:00:00"}, {"action": "buy"}]
)
def test_given_an_event_that_is_none_of_ours_when_scaled_then_it_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ContractError):
        scale({**event(RAISE), **broken} if broken else broken)


def test_given_an_endpoint_nobody_registered_when_scaled_then_the_error_says_what_to_deploy() -> None:
    with pytest.raises(ScalingError, match="Capacity section"):
        cloud.fleet("elsewhere").bounds()
