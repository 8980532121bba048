"""plan_releases and scale_capacity against moto: calendar in S3, schedules, the scalable target."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from mangaassist import capacity_settings
from mangaassist.aws import clients
from mangaassist.aws.scaling import Bounds, bounds_of
from mangaassist.errors import ContractError
from mangaassist.policy.capacity import CalendarError, Fleet, ScalingError
from plan_releases import handler as plan_releases
from scale_capacity import handler as scale_capacity

ENDPOINTS = ("mangaassist-prod-classifier", "mangaassist-prod-reranker")
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "CLASSIFIER_ENDPOINT": ENDPOINTS[0],
    "RERANKER_ENDPOINT": ENDPOINTS[1],
    "ENDPOINT_VARIANT": "primary",
    "MINIMUM_INSTANCES": "2",
    "MAXIMUM_INSTANCES": "8",
    "CALENDAR_BUCKET": "operations",
    "CALENDAR_KEY": "releases/calendar.ics",
    "SCHEDULE_GROUP": "releases",
    "SCHEDULE_ROLE_ARN": "arn:aws:iam::123456789012:role/scheduler",
    "SCHEDULE_DEAD_LETTER_ARN": "arn:aws:sqs:us-east-1:123456789012:dead-letters",
    "SCALE_CAPACITY_ARN": "arn:aws:lambda:us-east-1:123456789012:function:scale-capacity:live",
    "RELEASE_LEAD_MINUTES": "120",
    "INSTANCE_INVOCATIONS": "200",
}
CALENDAR = Path("data/releases/calendar.ics").read_bytes()


class Clock(datetime):
    """The present, in the week before the first chapters of the store's calendar."""

    @classmethod
    def now(cls, tz: Any = None) -> "Clock":
        return cls(2026, 12, 3, 3, 0, tzinfo=tz or UTC)


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(plan_releases, "datetime", Clock)
    _forget()
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="operations")
        boto3.client("scheduler").create_schedule_group(Name="releases")
        for endpoint in ENDPOINTS:
            _register(endpoint)
        yield
    _forget()


def _forget() -> None:
    for kept in (clients.client, capacity_settings.capacity_settings, capacity_settings.planning_settings):
        kept.cache_clear()


def _register(endpoint: str) -> None:
    sagemaker = boto3.client("sagemaker")
    sagemaker.create_model(ModelName=endpoint, ExecutionRoleArn="arn:aws:iam::123456789012:role/model")
    sagemaker.create_endpoint_config(
        EndpointConfigName=endpoint,
        ProductionVariants=[
            {
                "VariantName": "primary",
                "ModelName": endpoint,
                "InstanceType": "ml.c5.xlarge",
                "InitialInstanceCount": 2,
                "InitialVariantWeight": 1,
            }
        ],
    )
    sagemaker.create_endpoint(EndpointName=endpoint, EndpointConfigName=endpoint)
    boto3.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="sagemaker",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        ResourceId=f"endpoint/{endpoint}/variant/primary",
        MinCapacity=2,
        MaxCapacity=8,
    )


def fleet(endpoint: str = ENDPOINTS[0]) -> Fleet:
    return Fleet(endpoint, "primary", 2, 8)


def upload(calendar: bytes = CALENDAR) -> None:
    boto3.client("s3").put_object(Bucket="operations", Key="releases/calendar.ics", Body=calendar)


def event(path: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(Path(f"events/{path}.json").read_text(encoding="utf-8"))
    return read


def schedules() -> dict[str, dict[str, Any]]:
    scheduler = boto3.client("scheduler")
    names = [entry["Name"] for entry in scheduler.list_schedules(GroupName="releases")["Schedules"]]
    found = {name: scheduler.get_schedule(GroupName="releases", Name=name) for name in names}
    return {name: {key: item[key] for key in item.keys() - {"ResponseMetadata"}} for name, item in found.items()}


def test_given_the_calendar_when_planned_then_a_schedule_calls_scale_capacity_two_hours_before_the_chapter() -> None:
    upload()

    plan_releases.handler(event("plan_releases/daily"), None)

    schedule = schedules()["mangaassist-prod-classifier-20261206T1300Z-6"]
    assert schedule["ScheduleExpression"] == "at(2026-12-06T13:00:00)"
    assert schedule["ScheduleExpressionTimezone"] == "UTC"
    assert schedule["ActionAfterCompletion"] == "DELETE"
    target = schedule["Target"]
    assert target["Arn"] == ENVIRONMENT["SCALE_CAPACITY_ARN"]
    assert target["DeadLetterConfig"]["Arn"] == ENVIRONMENT["SCHEDULE_DEAD_LETTER_ARN"]
    assert json.loads(target["Input"]) == event("scale_capacity/raise_before_release")


def test_given_a_plan_that_stands_when_planned_again_then_nothing_changes() -> None:
    upload()
    first = plan_releases.handler(event("plan_releases/daily"), None)
    before = schedules()

    second = plan_releases.handler(event("plan_releases/calendar_uploaded"), None)

    assert first["created"]
    assert second == {"created": [], "deleted": []}
    assert schedules() == before


def test_given_releases_that_left_the_calendar_when_planned_then_their_schedules_go() -> None:
    upload()
    plan_releases.handler({}, None)
    upload(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nEND:VCALENDAR\r\n")

    plan_releases.handler({}, None)

    assert schedules() == {}


@pytest.mark.parametrize(
    "calendar", [b"not a calendar", b"\xff\xfe", CALENDAR.replace(b"DURATION:PT2H", b"DURATION:-PT2H")]
)
def test_given_a_broken_calendar_when_planned_then_the_plan_before_stays(calendar: bytes) -> None:
    upload()
    plan_releases.handler({}, None)
    before = schedules()
    upload(calendar)

    with pytest.raises(CalendarError):
        plan_releases.handler({}, None)

    assert schedules() == before


def test_given_no_calendar_when_planned_then_the_error_says_so() -> None:
    with pytest.raises(CalendarError, match="NoSuchKey"):
        plan_releases.handler({}, None)


def test_given_every_planned_schedule_when_it_fires_in_turn_then_capacity_rises_and_returns() -> None:
    upload()
    plan_releases.handler({}, None)
    due = sorted(schedules().values(), key=lambda schedule: str(schedule["ScheduleExpression"]))

    seen = {scale_capacity.handler(json.loads(item["Target"]["Input"]), None)["minimum"] for item in due}

    assert max(seen) == 6
    assert [bounds_of(fleet(endpoint)) for endpoint in ENDPOINTS] == [Bounds(2, 8), Bounds(2, 8)]


def test_given_the_same_event_twice_when_scaled_then_the_second_changes_nothing() -> None:
    raised = event("scale_capacity/raise_before_release")

    outcomes = [scale_capacity.handler(raised, None)["changed"] for _ in range(2)]

    assert outcomes == [True, False]
    assert bounds_of(fleet()) == Bounds(6, 8)


@pytest.mark.parametrize(("asked", "given"), [(0, 2), (1, 2), (6, 6), (400, 8)])
def test_given_any_number_when_scaled_then_the_fleet_stays_within_its_bounds(asked: int, given: int) -> None:
    scale_capacity.handler({"endpoint": ENDPOINTS[1], "minimum": asked}, None)

    assert bounds_of(fleet(ENDPOINTS[1])) == Bounds(given, 8)


@pytest.mark.parametrize(
    "broken", [{}, {"endpoint": "another", "minimum": 4}, {"endpoint": ENDPOINTS[0], "minimum": "many"}]
)
def test_given_an_event_that_is_none_of_ours_when_scaled_then_it_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ContractError):
        scale_capacity.handler(broken, None)


def test_given_an_endpoint_nobody_registered_when_scaled_then_the_error_says_what_to_deploy() -> None:
    with pytest.raises(ScalingError, match="Capacity section"):
        bounds_of(fleet("elsewhere"))
