"""The endpoints scale by the values that were proven in production, and never below two instances."""

import json
from typing import Any

import pytest

from local.alarms import Alarm, UnsupportedAlarmError
from local.template import Deployment
from local.template.model import Overrides
from local.template.specs import ResourceSpec
from mangaassist.telemetry.declared import NAMESPACE, NOT_READY, SERVICE, SHORTFALL, dimension_sets
from tests.template.conftest import NOT_DEFAULTED, TEMPLATE

ENDPOINTS = ["Classifier", "Reranker", "Shared"]


@pytest.fixture
def endpoint() -> str:
    """For the tests that look at none."""
    return "Classifier"


@pytest.fixture
def deployment(endpoint: str) -> Deployment:
    """A topology in which the endpoint exists."""
    return deployed(endpoint)


def deployed(endpoint: str, **parameters: str) -> Deployment:
    topology = "shared-container" if endpoint == "Shared" else "dedicated"
    return Deployment(TEMPLATE, Overrides(parameters={**NOT_DEFAULTED, "EndpointTopology": topology, **parameters}))


def resource(deployment: Deployment, kind: str, logical_id: str) -> ResourceSpec:
    (found,) = [spec for spec in deployment.resources(kind) if spec.logical_id == logical_id]
    return found


def scaling(deployment: Deployment, logical_id: str) -> dict[str, Any]:
    policy = resource(deployment, "AWS::ApplicationAutoScaling::ScalingPolicy", logical_id)
    assert policy.properties["PolicyType"] == "StepScaling"
    found: dict[str, Any] = policy.properties["StepScalingPolicyConfiguration"]
    assert found["AdjustmentType"] == "ChangeInCapacity"
    return found


def alarm(deployment: Deployment, logical_id: str) -> dict[str, Any]:
    return dict(resource(deployment, "AWS::CloudWatch::Alarm", logical_id).properties)


def steps(configuration: dict[str, Any], threshold: float) -> list[tuple[float, float, int]]:
    """From, to (in invocations per instance) and the instances added."""
    return [
        (
            threshold + float(step.get("MetricIntervalLowerBound", "-inf")),
            threshold + float(step.get("MetricIntervalUpperBound", "inf")),
            int(step["ScalingAdjustment"]),
        )
        for step in configuration["StepAdjustments"]
    ]


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_above_200_invocations_an_instance_for_a_minute_two_come_and_above_500_four(
    endpoint: str, deployment: Deployment
) -> None:
    busy, up = alarm(deployment, f"{endpoint}BusyAlarm"), scaling(deployment, f"{endpoint}ScaleUp")

    assert (busy["ComparisonOperator"], busy["Threshold"]) == ("GreaterThanThreshold", 200)
    assert busy["Period"] * busy["EvaluationPeriods"] == 60
    assert steps(up, busy["Threshold"]) == [(200, 500, 2), (500, float("inf"), 4)]
    assert up["Cooldown"] == 120


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_below_50_invocations_an_instance_for_ten_minutes_one_goes(endpoint: str, deployment: Deployment) -> None:
    idle, down = alarm(deployment, f"{endpoint}IdleAlarm"), scaling(deployment, f"{endpoint}ScaleDown")

    assert (idle["ComparisonOperator"], idle["Threshold"]) == ("LessThanThreshold", 50)
    assert (idle["Period"], idle["EvaluationPeriods"]) == (60, 10)
    assert steps(down, idle["Threshold"]) == [(float("-inf"), 50, -1)]
    assert down["Cooldown"] == 300


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_given_other_values_when_deployed_then_every_endpoint_and_the_plan_follow_the_one_set(endpoint: str) -> None:
    other = {
        "InstanceInvocations": "900",
        "SurgeExcess": "600",
        "StepInstances": "3",
        "SurgeInstances": "7",
        "ScaleUpCooldownSeconds": "60",
        "IdleInvocations": "250",
        "IdleMinutes": "20",
        "ScaleDownCooldownSeconds": "600",
    }
    chosen = deployed(endpoint, **other)
    busy, idle = alarm(chosen, f"{endpoint}BusyAlarm"), alarm(chosen, f"{endpoint}IdleAlarm")
    up, down = scaling(chosen, f"{endpoint}ScaleUp"), scaling(chosen, f"{endpoint}ScaleDown")
    planned = resource(chosen, "AWS::Serverless::Function", "PlanReleasesFunction").properties["Environment"]

    assert steps(up, float(busy["Threshold"])) == [(900, 1500, 3), (1500, float("inf"), 7)]
    assert (float(idle["Threshold"]), int(idle["EvaluationPeriods"])) == (250, 20)
    assert (int(up["Cooldown"]), int(down["Cooldown"])) == (60, 600)
    assert float(planned["Variables"]["INSTANCE_INVOCATIONS"]) == float(busy["Threshold"])


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_given_a_bound_on_requests_in_flight_when_deployed_then_thirty_seconds_above_it_add_instances(
    endpoint: str, template: dict[str, Any]
) -> None:
    crowded = alarm(deployed(endpoint, InstanceConcurrency="8"), f"{endpoint}CrowdedAlarm")

    assert (crowded["Namespace"], crowded["MetricName"]) == ("AWS/SageMaker", "ConcurrentRequestsPerModel")
    assert crowded["Period"] * crowded["EvaluationPeriods"] == 30
    assert float(crowded["Threshold"]) == 8
    assert template["Resources"][f"{endpoint}CrowdedAlarm"]["Properties"]["AlarmActions"] == [
        {"Ref": f"{endpoint}ScaleUp"}
    ]


def test_given_a_bound_on_requests_in_flight_when_the_local_stack_reads_its_alarm_then_it_says_what_it_cannot_do(
    endpoint: str,
) -> None:
    crowded = resource(deployed(endpoint, InstanceConcurrency="8"), "AWS::CloudWatch::Alarm", "ClassifierCrowdedAlarm")

    with pytest.raises(UnsupportedAlarmError, match="ClassifierCrowdedAlarm: Period"):
        Alarm(crowded, "123456789012", "us-east-1")


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_without_a_bound_on_requests_in_flight_there_is_no_alarm_of_ten_seconds(
    endpoint: str, deployment: Deployment
) -> None:
    assert not [
        spec.logical_id
        for spec in deployment.resources("AWS::CloudWatch::Alarm")
        if spec.logical_id.endswith("CrowdedAlarm")
    ]


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize(("alarm_name", "policy"), [("BusyAlarm", "ScaleUp"), ("IdleAlarm", "ScaleDown")])
def test_an_alarm_watches_the_variant_that_its_policy_scales(
    endpoint: str, alarm_name: str, policy: str, deployment: Deployment, template: dict[str, Any]
) -> None:
    watched = alarm(deployment, f"{endpoint}{alarm_name}")
    dimensions = {item["Name"]: item["Value"] for item in watched["Dimensions"]}
    target = resource(deployment, "AWS::ApplicationAutoScaling::ScalableTarget", f"{endpoint}Capacity").properties
    written = template["Resources"]

    assert (watched["Namespace"], watched["MetricName"]) == ("AWS/SageMaker", "InvocationsPerInstance")
    assert watched["Statistic"] == "Sum"
    assert target["ResourceId"] == f"endpoint/{dimensions['EndpointName']}/variant/{dimensions['VariantName']}"
    assert written[f"{endpoint}{alarm_name}"]["Properties"]["AlarmActions"] == [{"Ref": f"{endpoint}{policy}"}]
    assert written[f"{endpoint}{policy}"]["Properties"]["ScalingTargetId"] == {"Ref": f"{endpoint}Capacity"}


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_an_endpoint_starts_with_two_instances_and_keeps_what_scaling_gave_it(
    endpoint: str, deployment: Deployment, template: dict[str, Any]
) -> None:
    config = resource(deployment, "AWS::SageMaker::EndpointConfig", f"{endpoint}EndpointConfig").properties
    target = resource(deployment, "AWS::ApplicationAutoScaling::ScalableTarget", f"{endpoint}Capacity").properties
    served = resource(deployment, "AWS::SageMaker::Endpoint", f"{endpoint}Endpoint").properties

    assert [variant["InitialInstanceCount"] for variant in config["ProductionVariants"]] == [2]
    assert target["MinCapacity"] == 2
    assert served["RetainAllVariantProperties"] is True
    assert template["Parameters"]["MinimumInstances"]["MinValue"] == 2


def test_every_release_schedule_and_plan_leaves_its_failures_in_one_queue(
    deployment: Deployment, template: dict[str, Any]
) -> None:
    queue = {"Fn::GetAtt": ["CapacityDeadLetters", "Arn"]}
    functions = [
        template["Resources"][name]["Properties"] for name in ("PlanReleasesFunction", "ScaleCapacityFunction")
    ]

    for function in functions:
        assert function["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Destination"] == queue
    for event in functions[0]["Events"].values():
        assert event["Properties"]["DeadLetterConfig"]["Arn"] == queue
    assert alarm(deployment, "CapacityDeadLettersAlarm")["Threshold"] == 0


def test_the_functions_whose_concurrency_a_release_changes_are_those_whose_concurrency_the_template_sets(
    template: dict[str, Any],
) -> None:
    resources = template["Resources"]
    set_here = {
        name
        for name, item in resources.items()
        if {"Ref": "ReservedConcurrency"}
        in item["Properties"].get("ReservedConcurrentExecutions", {}).get("Fn::If", [])
    }

    for planner in ("PlanReleasesFunction", "ScaleCapacityFunction"):
        named = resources[planner]["Properties"]["Environment"]["Variables"]["TURN_FUNCTIONS"]["Fn::Sub"]
        assert {name.removeprefix("${").removesuffix("}") for name in json.loads(named)} == set_here


def test_the_alarms_of_capacity_watch_what_the_functions_count(deployment: Deployment) -> None:
    for logical_id, metric in [("CapacityShortfallAlarm", SHORTFALL), ("CapacityNotReadyAlarm", NOT_READY)]:
        watched = alarm(deployment, logical_id)
        assert (watched["MetricName"], watched["Namespace"]) == (metric, NAMESPACE)
        assert frozenset() in dimension_sets(metric)
        assert [item["Name"] for item in watched["Dimensions"]] == [SERVICE]


def test_a_shortfall_alarm_lasts_until_a_later_plan_ends_it(deployment: Deployment) -> None:
    assert alarm(deployment, "CapacityShortfallAlarm")["TreatMissingData"] == "ignore"
