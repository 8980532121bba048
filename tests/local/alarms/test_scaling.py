"""Step scaling, each row from AWS's documentation.

STEP: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepAdjustment.html
POLICY: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepScalingPolicyConfiguration.html
GUIDE: https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
TARGET: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
"""

import math
from collections.abc import AsyncIterator
from typing import Any

import pytest

from local.alarms import Autoscaler, StepScalingPolicy, UnsupportedAlarmError
from local.alarms.autoscaler import Fleet
from local.alarms.aws import EndpointFleet
from local.cloud import MotoServer
from local.cloud.clients import Clients
from local.template.specs import ResourceSpec
from tests.local.alarms.fakes import FakeFleet, alarm

TARGET = "endpoint/shop/variant/primary"
OUT = {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 10, "ScalingAdjustment": 1}
FURTHER_OUT = {"MetricIntervalLowerBound": 10, "ScalingAdjustment": 3}
IN = {"MetricIntervalLowerBound": -10, "MetricIntervalUpperBound": 0, "ScalingAdjustment": -1}
FURTHER_IN = {"MetricIntervalUpperBound": -10, "ScalingAdjustment": -2}
ABOVE, BELOW = "GreaterThanOrEqualToThreshold", "LessThanOrEqualToThreshold"


def policy(*steps: dict[str, Any], name: str = "scale", **configuration: Any) -> StepScalingPolicy:
    properties = {
        "PolicyName": name,
        "PolicyType": "StepScaling",
        "ScalingTargetId": "target",
        "StepScalingPolicyConfiguration": {
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": list(steps),
            **configuration,
        },
    }
    kind = "AWS::ApplicationAutoScaling::ScalingPolicy"
    return StepScalingPolicy(ResourceSpec("ScaleOut", kind, name, f"arn:{name}", properties))


def autoscaler(fleet: Fleet, *policies: StepScalingPolicy) -> Autoscaler:
    kind = "AWS::ApplicationAutoScaling::ScalableTarget"
    return Autoscaler([ResourceSpec("Target", kind, "t", "target", {"ResourceId": TARGET})], policies, fleet)


@pytest.mark.parametrize(
    ("value", "rises", "expected"),
    [
        pytest.param(50, True, 6, id="STEP: 50 and above, less than 60: lower bound inclusive above the threshold"),
        pytest.param(59.9, True, 6, id="STEP: still less than 60"),
        pytest.param(60, True, 8, id="STEP: upper bound exclusive above the threshold: 60 is the next step"),
        pytest.param(1e9, True, 8, id="STEP: a null upper bound is positive infinity"),
        pytest.param(math.inf, True, 8, id="beyond every bound"),
        pytest.param(50, False, 4, id="STEP: 50 and below, more than 40: upper bound inclusive below the threshold"),
        pytest.param(40.1, False, 4, id="STEP: still more than 40"),
        pytest.param(40, False, 3, id="STEP: lower bound exclusive below the threshold: 40 is the next step"),
        pytest.param(-math.inf, False, 3, id="STEP: a null lower bound is negative infinity"),
    ],
)
def test_given_a_value_beyond_a_threshold_of_50_when_a_step_is_chosen_then_its_bounds_are_as_documented(
    value: float, rises: bool, expected: int
) -> None:
    both = policy(OUT, FURTHER_OUT, IN, FURTHER_IN)
    assert both.desired(5, value, 50, rises=rises) == expected


@pytest.mark.parametrize(
    ("configuration", "capacity", "adjustment", "expected"),
    [
        pytest.param({"AdjustmentType": "ChangeInCapacity"}, 10, 5, 15, id="GUIDE: current 10, adjustment 5: 15"),
        pytest.param({"AdjustmentType": "ExactCapacity"}, 10, 5, 5, id="GUIDE: current 10, exact 5: 5"),
        pytest.param({"AdjustmentType": "PercentChangeInCapacity"}, 10, 10, 11, id="GUIDE: current 10, 10 %: 11"),
        pytest.param({"AdjustmentType": "PercentChangeInCapacity"}, 127, 10, 139, id="GUIDE: 12.7 is rounded to 12"),
        pytest.param({"AdjustmentType": "PercentChangeInCapacity"}, 67, 1, 68, id="GUIDE: 0.67 is rounded to 1"),
        pytest.param({"AdjustmentType": "PercentChangeInCapacity"}, 58, -1, 57, id="GUIDE: -0.58 is rounded to -1"),
        pytest.param({"AdjustmentType": "PercentChangeInCapacity"}, 667, -1, 661, id="GUIDE: -6.67 is rounded to -6"),
        pytest.param(
            {"AdjustmentType": "PercentChangeInCapacity", "MinAdjustmentMagnitude": 2},
            4,
            25,
            6,
            id="POLICY: 25 % of 4 is 1, but 2 is the least",
        ),
        pytest.param(
            {"AdjustmentType": "PercentChangeInCapacity", "MinAdjustmentMagnitude": 2},
            10,
            0,
            10,
            id="an adjustment of nothing changes nothing",
        ),
    ],
)
def test_given_an_adjustment_type_when_a_step_is_applied_then_the_capacity_is_as_documented(
    configuration: dict[str, Any], capacity: int, adjustment: int, expected: int
) -> None:
    chosen = policy({"MetricIntervalLowerBound": 0, "ScalingAdjustment": adjustment}, **configuration)
    assert chosen.desired(capacity, 60, 50, rises=True) == expected


@pytest.mark.parametrize(("aggregation", "expected"), [("Average", 20), ("Minimum", 10), ("Maximum", 30), (None, 20)])
def test_given_datapoints_when_aggregated_then_it_is_as_the_policy_says_and_by_average_without(
    aggregation: str | None, expected: float
) -> None:
    given = {"MetricAggregationType": aggregation} if aggregation else {}
    assert policy(OUT, **given).value((10, 20, 30), rises=True) == expected


def test_given_no_datapoint_at_all_when_aggregated_then_it_lies_beyond_every_bound_on_the_alarms_side() -> None:
    assert policy(IN).value((), rises=False) == -math.inf
    assert policy(OUT).value((), rises=True) == math.inf


async def test_given_a_cooldown_when_a_larger_step_follows_then_what_was_added_is_part_of_it() -> None:
    """POLICY: 2 were added; at a step of 3 in the cooldown only 1 more is; after it 3 are."""
    two, three = (
        {"MetricIntervalUpperBound": 10, "ScalingAdjustment": 2},
        {
            "MetricIntervalLowerBound": 10,
            "ScalingAdjustment": 3,
        },
    )
    fleet = FakeFleet({TARGET: 1}, (1, 20))
    scaler, watched = autoscaler(fleet, policy(two, three, Cooldown=120)), alarm()
    outcomes = [
        await scaler.execute("arn:scale", watched, (value,), at)
        for value, at in [(15, 0), (15, 60), (25, 60), (25, 120), (25, 180)]
    ]
    assert outcomes == ["1 -> 3", "stays at 3", "3 -> 4", "stays at 4", "4 -> 7"]


async def test_given_a_cooldown_of_a_scale_in_when_the_next_comes_then_it_waits_but_a_scale_out_does_not() -> None:
    """POLICY: scale-in is blocked until the cooldown has expired; scale-out follows immediately."""
    fleet = FakeFleet({TARGET: 8}, (1, 10))
    down = policy({"MetricIntervalUpperBound": 0, "ScalingAdjustment": -1}, name="in", Cooldown=300)
    up = policy({"MetricIntervalLowerBound": 0, "ScalingAdjustment": 2}, name="out", Cooldown=120)
    scaler, idle, busy = autoscaler(fleet, down, up), alarm(ComparisonOperator="LessThanThreshold"), alarm()
    assert await scaler.execute("arn:in", idle, (1,), 0) == "8 -> 7"
    assert await scaler.execute("arn:in", idle, (1,), 299) == "stays at 7: cooling down"
    assert await scaler.execute("arn:in", idle, (1,), 300) == "7 -> 6"
    assert await scaler.execute("arn:out", busy, (99,), 310) == "6 -> 8"
    assert await scaler.execute("arn:in", idle, (1,), 320) == "8 -> 7"
    assert [(activity.before, activity.after) for activity in scaler.activities] == [(8, 7), (7, 6), (6, 8), (8, 7)]


async def test_given_bounds_when_a_policy_asks_for_more_then_the_capacity_ends_at_them() -> None:
    """TARGET: policies do not scale outside the minimum and maximum."""
    fleet = FakeFleet({TARGET: 4}, (1, 5))
    scaler = autoscaler(fleet, policy(FURTHER_OUT, Cooldown=0))
    assert await scaler.execute("arn:scale", alarm(), (99,), 0) == "4 -> 5"
    assert await scaler.execute("arn:scale", alarm(), (99,), 60) == "stays at 5"


@pytest.mark.parametrize(("bounds", "expected"), [((3, 5), 3), ((1, 5), 2), ((1, 1), 1)])
async def test_given_bounds_that_were_changed_when_kept_then_the_capacity_is_moved_inside(
    bounds: tuple[int, int], expected: int
) -> None:
    """TARGET: registering changes the current capacity to a value inside of the range."""
    fleet = FakeFleet({TARGET: 2}, bounds)
    await autoscaler(fleet).keep_within_bounds(0)
    assert fleet.capacities[TARGET] == expected


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"AdjustmentType": "Twice"}, "AdjustmentType"),
        ({"MetricAggregationType": "Sum"}, "MetricAggregationType"),
        ({"TargetValue": 7}, "TargetValue"),
    ],
)
def test_given_what_is_not_implemented_when_loaded_then_the_refusal_names_policy_and_field(
    changed: dict[str, Any], problem: str
) -> None:
    with pytest.raises(UnsupportedAlarmError, match=f"ScaleOut: .*{problem}"):
        policy(OUT, **changed)


@pytest.fixture
async def clients() -> AsyncIterator[Clients]:
    with MotoServer() as server:
        yield Clients(server.url, "us-east-1")


@pytest.fixture(params=["in memory", "behind moto"])
def fleet(request: pytest.FixtureRequest) -> Fleet:
    if request.param == "in memory":
        return FakeFleet({TARGET: 2}, (1, 6))
    clients: Clients = request.getfixturevalue("clients")
    sagemaker = clients.of("sagemaker")
    variant = {"VariantName": "primary", "ModelName": "m", "InstanceType": "ml.c5.xlarge", "InitialInstanceCount": 2}
    sagemaker.create_model(ModelName="m", ExecutionRoleArn="arn:aws:iam::123456789012:role/r")
    sagemaker.create_endpoint_config(
        EndpointConfigName="c", ProductionVariants=[{**variant, "InitialVariantWeight": 1.0}]
    )
    sagemaker.create_endpoint(EndpointName="shop", EndpointConfigName="c")
    clients.of("application-autoscaling").register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=TARGET,
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        MinCapacity=1,
        MaxCapacity=6,
    )
    return EndpointFleet(clients)


async def test_given_a_fleet_when_its_capacity_is_set_then_it_and_its_bounds_can_be_read(fleet: Fleet) -> None:
    assert (await fleet.capacity(TARGET), await fleet.bounds(TARGET)) == (2, (1, 6))
    await fleet.set_capacity(TARGET, 5)
    await fleet.set_capacity(TARGET, 4)
    assert await fleet.capacity(TARGET) == 4


@pytest.mark.parametrize("fleet", ["behind moto"], indirect=True)
async def test_given_a_variant_that_was_scaled_when_described_then_boto3_sees_it_and_so_do_the_metrics(
    fleet: EndpointFleet, clients: Clients
) -> None:
    assert fleet.serving("shop") == ("primary", 1)
    await fleet.set_capacity(TARGET, 5)
    (variant,) = clients.of("sagemaker").describe_endpoint(EndpointName="shop")["ProductionVariants"]
    assert (variant["DesiredInstanceCount"], variant["CurrentInstanceCount"], variant["CurrentWeight"]) == (5, 5, 1.0)
    assert fleet.serving("shop") == ("primary", 5)
