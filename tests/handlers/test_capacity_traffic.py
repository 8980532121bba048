"""What plan_releases makes of the traffic of the past."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from mangaassist.aws.traffic import history
from mangaassist.policy.demand import History, Series
from plan_releases import planning
from tests.handlers import capacity_cloud as cloud
from tests.handlers.capacity_cloud import ENDPOINTS, plan, schedules, upload


@pytest.fixture
def present() -> cloud.Present:
    """In the week before the first chapters of the store's calendar."""
    return cloud.Present()


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch, present: cloud.Present) -> Iterator[None]:
    with cloud.cloud(monkeypatch, present):
        yield


def test_given_past_crowds_when_planned_then_they_decide(
    present: cloud.Present, monkeypatch: pytest.MonkeyPatch
) -> None:
    present.now = datetime(2027, 1, 25, 3, tzinfo=UTC)
    upload()
    chapters = [datetime(2027, 1, day, 15, tzinfo=UTC) for day in (10, 17, 24)]
    traffic = three_weeks(present.now, ordinary=200, crowds=dict.fromkeys(chapters, 5.0))
    monkeypatch.setattr(planning, "history", lambda *_: traffic)

    outcome = plan()

    found = [one for one in outcome["forecasts"] if one["title"] == "One Piece, weekly chapter (Japan)"]
    assert {(one["source"], one["observations"], one["peak_per_minute"]) for one in found} == {("history", 3, 1000)}
    assert "mangaassist-prod-classifier-20270131T1300Z-7" in schedules()


def test_given_quiet_nights_when_planned_then_the_usual_hours_have_a_floor_that_releases_overlap(
    present: cloud.Present, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nEND:VCALENDAR\r\n")
    noons = {present.now.replace(hour=12) - timedelta(days=day): 4.0 for day in range(1, 21)}
    monkeypatch.setattr(planning, "history", lambda *_: three_weeks(present.now, ordinary=100, crowds=noons))

    plan()

    ordered = [(one["at"][11:16], one["level"]) for one in cloud.inputs() if one["target"] == ENDPOINTS[0]]
    assert {level for _, level in ordered} == {2, 3}
    assert ("10:45", 3) in ordered


def three_weeks(now: datetime, *, ordinary: float, crowds: dict[datetime, float]) -> History:
    """Traffic every five minutes; crowds last two hours."""
    period = timedelta(minutes=5)
    times = tuple(now - timedelta(days=21) + period * number for number in range(21 * 24 * 12))
    hours = {start + timedelta(hours=late): factor for start, factor in crowds.items() for late in (0, 1)}
    rates = tuple(ordinary * hours.get(time.replace(minute=0), 1.0) for time in times)
    return History(Series(period, times, rates), Series(timedelta(hours=1)))


def test_given_invocations_in_cloudwatch_then_they_are_rates_a_minute_by_both_periods(present: cloud.Present) -> None:
    moment = present.now - timedelta(hours=3)
    dimensions = [{"Name": "EndpointName", "Value": ENDPOINTS[0]}, {"Name": "VariantName", "Value": "primary"}]
    data = [
        {
            "MetricName": "Invocations",
            "Dimensions": dimensions,
            "Timestamp": moment + timedelta(minutes=late),
            "Value": n,
        }
        for late, n in [(0, 500), (1, 500), (20, 600)]
    ]
    boto3.client("cloudwatch").put_metric_data(Namespace="AWS/SageMaker", MetricData=data)

    found = history(ENDPOINTS[0], "primary", present.now)

    assert dict(zip(found.fine.times, found.fine.rates, strict=True)) == {
        moment: 200,
        moment + timedelta(minutes=20): 120,
    }
    assert [round(rate, 3) for rate in found.coarse.rates] == [26.667]
