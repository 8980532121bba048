"""What capacity does when AWS does not: services that are down, instances that do not come."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse

from mangaassist.aws.operations import operations_client
from mangaassist.policy.capacity import ScalingError, SchedulesError
from mangaassist.telemetry.declared import NOT_READY
from tests.handlers import capacity_cloud as cloud
from tests.handlers.capacity_cloud import CALENDAR, ENDPOINTS, event, plan, scale, schedules, upload
from tests.handlers.printed import documents, values

RAISE, DEADLINE = "scale_capacity/raise_before_release", "scale_capacity/deadline_before_release"
OK, UNAVAILABLE = 200, 503
BEFORE_THE_CHAPTER = datetime(2026, 12, 6, 14, 30, tzinfo=UTC)


@pytest.fixture
def present() -> cloud.Present:
    return cloud.Present()


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch, present: cloud.Present) -> Iterator[None]:
    with cloud.cloud(monkeypatch, present):
        upload()
        yield


@contextmanager
def down(service: str, operation: str, after: int = 0) -> Iterator[list[int]]:
    """The service answers 503 to an operation, once it has answered so many; yields the answers' statuses."""
    events, name = operations_client(service).meta.events, f"before-call.{service}.{operation}"
    answered: list[int] = []
    unavailable = {"Error": {"Code": "ServiceUnavailableException", "Message": "down"}}

    def answer(**_: Any) -> tuple[AWSResponse, dict[str, Any]] | None:
        answered.append(OK if len(answered) < after else UNAVAILABLE)
        return None if answered[-1] == OK else (AWSResponse("", UNAVAILABLE, {}, None), unavailable)

    events.register(name, answer)
    try:
        yield answered
    finally:
        events.unregister(name, answer)


def put_endpoint(**state: Any) -> None:
    """What SageMaker says of the classifier's endpoint."""
    from moto.sagemaker.models import sagemaker_backends

    endpoint = sagemaker_backends["123456789012"]["us-east-1"].endpoints[ENDPOINTS[0]]
    for name, value in state.items():
        setattr(endpoint, name, value)


def instances(count: int) -> None:
    """So many instances take traffic."""
    boto3.client("sagemaker").update_endpoint_weights_and_capacities(
        EndpointName=ENDPOINTS[0],
        DesiredWeightsAndCapacities=[{"VariantName": "primary", "DesiredInstanceCount": count, "DesiredWeight": 1}],
    )


def test_given_a_scheduler_that_is_down_when_planned_then_what_stood_stands_and_the_next_plan_completes_it() -> None:
    with down("scheduler", "CreateSchedule", after=3) as answered, pytest.raises(SchedulesError):
        plan()

    begun = set(schedules())
    assert len(begun) == 3
    assert answered == [OK] * 3 + [UNAVAILABLE]
    outcome = plan()
    assert begun < set(schedules())
    assert len(outcome["created"]) == len(schedules()) - 3


def test_given_a_scheduler_that_deletes_nothing_when_a_release_moves_then_no_schedule_is_missing() -> None:
    plan()
    before = set(schedules())
    upload(CALENDAR.replace(b"DTSTART;TZID=Asia/Tokyo:20261207T000000", b"DTSTART;TZID=Asia/Tokyo:20261207T010000"))

    with down("scheduler", "DeleteSchedule"), pytest.raises(SchedulesError):
        plan()

    assert before < set(schedules())


def test_given_autoscaling_that_is_down_when_planned_then_the_plan_before_stays() -> None:
    plan()
    before = schedules()
    upload(CALENDAR.replace(b"DTSTART;TZID=Asia/Tokyo:20261207T000000", b"DTSTART;TZID=Asia/Tokyo:20261207T010000"))

    with down("application-autoscaling", "DescribeScalableTargets"), pytest.raises(ScalingError):
        plan()

    assert schedules() == before


def test_given_autoscaling_that_recovers_when_scaled_again_then_it_is_done(present: cloud.Present) -> None:
    plan()
    present.now = BEFORE_THE_CHAPTER

    with down("application-autoscaling", "RegisterScalableTarget") as answered, pytest.raises(ScalingError):
        scale(event(RAISE))
    outcome = scale(event(RAISE))

    assert answered == [UNAVAILABLE]
    assert (outcome["level"], outcome["changed"]) == (6, True)


@pytest.mark.parametrize("status", ["Creating", "SystemUpdating", "Failed"])
def test_given_an_endpoint_that_does_not_come_into_service_when_its_deadline_comes_then_an_alarm_is_raised(
    status: str, present: cloud.Present, capsys: pytest.CaptureFixture[str]
) -> None:
    plan()
    present.now = BEFORE_THE_CHAPTER
    instances(6)
    put_endpoint(endpoint_status=status)

    outcome = scale(event(DEADLINE))

    assert outcome["ready"] is False
    assert missing(capsys) == [1]


def test_given_too_few_instances_when_looked_at_then_they_are_ordered_again_and_missing_at_the_deadline_only(
    present: cloud.Present, capsys: pytest.CaptureFixture[str]
) -> None:
    plan()
    present.now = BEFORE_THE_CHAPTER - timedelta(hours=1)
    scale(event(RAISE))
    instances(4)

    with counted("application-autoscaling", "RegisterScalableTarget") as ordered:
        early = scale(event("scale_capacity/check_before_release"))
        assert missing(capsys) == []
        present.now = BEFORE_THE_CHAPTER
        late = scale(event(DEADLINE))

    assert (early["ready"], late["ready"]) == (False, False)
    assert len(ordered) == 2
    assert missing(capsys) == [1]


def test_given_all_instances_when_the_deadline_comes_then_nothing_is_missing_nor_ordered(
    present: cloud.Present, capsys: pytest.CaptureFixture[str]
) -> None:
    plan()
    present.now = BEFORE_THE_CHAPTER
    scale(event(RAISE))
    instances(6)

    with counted("application-autoscaling", "RegisterScalableTarget") as ordered:
        assert scale(event(DEADLINE))["ready"] is True

    assert ordered == []
    assert missing(capsys) == [0]


@contextmanager
def counted(service: str, operation: str) -> Iterator[list[int]]:
    """The statuses of an operation's answers, none of them touched."""
    with down(service, operation, after=1_000) as answered:
        yield answered


def missing(capsys: pytest.CaptureFixture[str]) -> list[float]:
    return [
        value for (name, of), found in values(documents(capsys)).items() if name == NOT_READY and of for value in found
    ]
