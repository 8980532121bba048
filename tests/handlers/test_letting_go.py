"""Given a release that is over, scale_capacity lets go of the instances that present traffic does not need."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from mangaassist.aws import scaling
from mangaassist.aws.scaling import Bounds
from mangaassist.policy.capacity import HistoryError
from scale_capacity import letting_go
from tests.handlers import capacity_cloud as cloud
from tests.handlers.capacity_cloud import ENDPOINTS, event, plan, scale, upload

RAISE, LOWER = "scale_capacity/raise_before_release", "scale_capacity/lower_after_release"
OVER = datetime(2026, 12, 6, 22, tzinfo=UTC)


@pytest.fixture
def present() -> cloud.Present:
    return cloud.Present()


@pytest.fixture(autouse=True)
def after_a_release(monkeypatch: pytest.MonkeyPatch, present: cloud.Present) -> Iterator[None]:
    """Six instances stand and a minimum of six is in force, until the next event lowers it."""
    with cloud.cloud(monkeypatch, present):
        upload()
        plan()
        present.now = OVER - timedelta(hours=9)
        scale(event(RAISE))
        _stand(6)
        present.now = OVER
        yield


def _stand(instances: int) -> None:
    boto3.client("sagemaker").update_endpoint_weights_and_capacities(
        EndpointName=ENDPOINTS[0],
        DesiredWeightsAndCapacities=[
            {"VariantName": "primary", "DesiredInstanceCount": instances, "DesiredWeight": 1.0}
        ],
    )


def standing() -> int:
    answer = boto3.client("sagemaker").describe_endpoint(EndpointName=ENDPOINTS[0])
    return int(answer["ProductionVariants"][0]["DesiredInstanceCount"])


def traffic(a_minute: float, minutes: int = 15) -> None:
    """What CloudWatch has of the minutes until now."""
    dimensions = [{"Name": "EndpointName", "Value": ENDPOINTS[0]}, {"Name": "VariantName", "Value": "primary"}]
    boto3.client("cloudwatch").put_metric_data(
        Namespace="AWS/SageMaker",
        MetricData=[
            {
                "MetricName": "Invocations",
                "Dimensions": dimensions,
                "Timestamp": OVER - timedelta(minutes=back),
                "Value": a_minute,
            }
            for back in range(1, minutes + 1)
        ],
    )


@pytest.mark.parametrize(("a_minute", "kept"), [(100, 2), (480, 3), (800, 5)])
def test_given_less_traffic_when_a_release_is_over_then_what_it_needs_is_kept_with_headroom(
    a_minute: float, kept: int
) -> None:
    traffic(a_minute)

    outcome = scale(event(LOWER))

    assert (outcome["level"], outcome["kept"], standing()) == (2, kept, kept)
    assert cloud.fleet().bounds() == Bounds(2, 8)


@pytest.mark.parametrize("a_minute", [960, 5_000])
def test_given_traffic_that_stays_when_a_release_is_over_then_every_instance_is_kept(a_minute: float) -> None:
    traffic(a_minute)

    assert (scale(event(LOWER))["kept"], standing()) == (None, 6)


def test_given_no_metrics_when_a_release_is_over_then_every_instance_is_kept() -> None:
    traffic(100, minutes=3)

    assert (scale(event(LOWER))["kept"], standing()) == (None, 6)
    assert cloud.fleet().bounds() == Bounds(2, 8)


def test_given_an_endpoint_that_changes_already_when_a_release_is_over_then_it_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    traffic(100)
    clients = {"sagemaker": _Updating(boto3.client("sagemaker"))}
    monkeypatch.setattr(scaling, "operations_client", lambda name: clients.get(name) or boto3.client(name))

    assert (scale(event(LOWER))["kept"], standing()) == (None, 6)


class _Updating:
    """SageMaker while it changes an endpoint."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def describe_endpoint(self, **request: Any) -> dict[str, Any]:
        return {**self._real.describe_endpoint(**request), "EndpointStatus": "Updating"}


def test_given_cloudwatch_that_is_down_when_a_release_is_over_then_the_minimum_is_lowered_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def down(*_: object) -> None:
        raise HistoryError("InternalServiceFault")

    monkeypatch.setattr(letting_go, "lately", down)

    outcome = scale(event(LOWER))

    assert (outcome["level"], outcome["kept"]) == (2, None)
    assert (cloud.fleet().bounds(), standing()) == (Bounds(2, 8), 6)


def test_given_the_event_twice_when_a_release_is_over_then_the_second_lets_nothing_go() -> None:
    traffic(480)
    scale(event(LOWER))
    _stand(6)

    assert (scale(event(LOWER))["kept"], standing()) == (None, 6)


def test_given_a_level_that_rises_then_nothing_is_let_go(present: cloud.Present) -> None:
    traffic(100)
    scale(event(LOWER))
    present.now = OVER - timedelta(hours=9)

    assert scale(event(RAISE))["kept"] is None
