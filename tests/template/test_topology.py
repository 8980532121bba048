"""Each topology deploys its own endpoints and no other, and the functions may invoke just these."""

import json
import re
from typing import Any

import pytest

from local.hosting import Container, containers
from local.template import Deployment
from local.template.model import Overrides
from local.template.specs import ResourceSpec
from tests.template.conftest import NOT_DEFAULTED, TEMPLATE

DEDICATED, MULTI_MODEL, SHARED = "dedicated", "multi-model", "shared-container"
TOPOLOGIES = [DEDICATED, MULTI_MODEL, SHARED]
CLASSIFIER_KEY, RERANKER_KEY = "models/classifier/model.tar.gz", "models/reranker/model.tar.gz"
ENDPOINTS = {
    DEDICATED: {"Classifier": "mangaassist-prod-classifier", "Reranker": "mangaassist-prod-reranker"},
    MULTI_MODEL: {"Shared": "mangaassist-prod-models"},
    SHARED: {"Shared": "mangaassist-prod-models"},
}


def deployed(topology: str, **parameters: str) -> Deployment:
    chosen = {**NOT_DEFAULTED, "EndpointTopology": topology, **parameters}
    return Deployment(TEMPLATE, Overrides(parameters=chosen))


def named(deployment: Deployment, kind: str) -> dict[str, ResourceSpec]:
    return {spec.logical_id: spec for spec in deployment.resources(kind)}


def function(deployment: Deployment, name: str) -> ResourceSpec:
    return named(deployment, "AWS::Serverless::Function")[name]


def invoking(deployment: Deployment, name: str) -> dict[str, Any]:
    """The one statement of a function that lets it invoke an endpoint."""
    (policy,) = function(deployment, name).properties["Policies"]
    (statement,) = [one for one in policy["Statement"] if one["Action"] == "sagemaker:InvokeEndpoint"]
    found: dict[str, Any] = statement
    assert found["Action"] == "sagemaker:InvokeEndpoint"
    return found


def environment(deployment: Deployment) -> dict[str, Any]:
    variables: dict[str, Any] = function(deployment, "ClassifyIntentFunction").properties["Environment"]["Variables"]
    return variables


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_a_topology_has_its_endpoints_with_what_serves_and_scales_them(topology: str) -> None:
    deployment, stems = deployed(topology), set(ENDPOINTS[topology])

    assert {name: spec.name for name, spec in named(deployment, "AWS::SageMaker::Endpoint").items()} == {
        f"{stem}Endpoint": name for stem, name in ENDPOINTS[topology].items()
    }
    for kind, part in (
        ("AWS::SageMaker::Model", "Model"),
        ("AWS::SageMaker::EndpointConfig", "EndpointConfig"),
        ("AWS::ApplicationAutoScaling::ScalableTarget", "Capacity"),
    ):
        assert set(named(deployment, kind)) == {f"{stem}{part}" for stem in stems}
    scaling = {f"{stem}{part}" for stem in stems for part in ("ScaleUp", "ScaleDown")}
    assert set(named(deployment, "AWS::ApplicationAutoScaling::ScalingPolicy")) == scaling
    alarms = set(named(deployment, "AWS::CloudWatch::Alarm"))
    assert {name for name in alarms if re.search("(Busy|Idle)Alarm$", name)} == {
        f"{stem}{part}" for stem in stems for part in ("BusyAlarm", "IdleAlarm")
    }


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_every_endpoint_of_a_topology_keeps_two_instances_and_their_scaled_number_and_time_to_warm(
    topology: str,
) -> None:
    deployment = deployed(topology)

    for spec in deployment.resources("AWS::SageMaker::EndpointConfig"):
        (variant,) = spec.properties["ProductionVariants"]
        assert variant["InitialInstanceCount"] >= 2
        assert 60 <= variant["ContainerStartupHealthCheckTimeoutInSeconds"] <= 3600
    for spec in deployment.resources("AWS::ApplicationAutoScaling::ScalableTarget"):
        assert spec.properties["MinCapacity"] >= 2
    for spec in deployment.resources("AWS::SageMaker::Endpoint"):
        assert spec.properties["RetainAllVariantProperties"] is True


@pytest.mark.parametrize(
    ("topology", "classifier", "reranker"),
    [
        (DEDICATED, {}, {}),
        (MULTI_MODEL, {"TargetModel": CLASSIFIER_KEY}, {"TargetModel": RERANKER_KEY}),
        (SHARED, {"CustomAttributes": "model=classifier"}, {"CustomAttributes": "model=reranker"}),
    ],
)
def test_the_functions_are_told_how_to_pick_a_model_behind_its_endpoint(
    topology: str, classifier: dict[str, str], reranker: dict[str, str]
) -> None:
    variables, names = environment(deployed(topology)), list(ENDPOINTS[topology].values())

    assert json.loads(variables["CLASSIFIER_TARGET"]) == classifier
    assert json.loads(variables["RERANKER_TARGET"]) == reranker
    assert (variables["CLASSIFIER_ENDPOINT"], variables["RERANKER_ENDPOINT"]) == (names[0], names[-1])


@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize(
    ("name", "place", "key"),
    [("ClassifyIntentFunction", 0, CLASSIFIER_KEY), ("RerankPassagesFunction", -1, RERANKER_KEY)],
)
def test_a_function_may_invoke_its_models_endpoint_only_and_there_its_own_target_only(
    topology: str, name: str, place: int, key: str
) -> None:
    statement = invoking(deployed(topology), name)
    condition = {"StringEquals": {"sagemaker:TargetModel": key}} if topology == MULTI_MODEL else None

    assert statement["Resource"].endswith(f":endpoint/{list(ENDPOINTS[topology].values())[place]}")
    assert statement.get("Condition") == condition


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_capacity_is_changed_for_the_topologys_endpoints_only(topology: str) -> None:
    (policy,) = function(deployed(topology), "ScaleCapacityFunction").properties["Policies"]
    (statement,) = [item for item in policy["Statement"] if "sagemaker:DescribeEndpoint" in item["Action"]]

    assert [arn.rpartition("/")[2] for arn in statement["Resource"]] == list(ENDPOINTS[topology].values())


@pytest.mark.parametrize(
    ("topology", "keys"),
    [
        (DEDICATED, {CLASSIFIER_KEY, RERANKER_KEY}),
        (MULTI_MODEL, {CLASSIFIER_KEY, RERANKER_KEY}),
        (SHARED, {"models/shared/model.tar.gz"}),
    ],
)
def test_the_endpoints_role_may_read_the_archives_that_they_serve_only(topology: str, keys: set[str]) -> None:
    role = named(deployed(topology), "AWS::IAM::Role")["ModelRole"]
    statements = role.properties["Policies"][0]["PolicyDocument"]["Statement"]
    (reading,) = [item for item in statements if item["Action"] == "s3:GetObject"]

    assert {arn.partition("models/")[2] for arn in reading["Resource"]} == keys


@pytest.mark.parametrize(
    ("topology", "expected"),
    [
        (
            DEDICATED,
            [
                Container("mangaassist-prod-classifier", ("classifier",), {}),
                Container("mangaassist-prod-reranker", ("reranker",), {}),
            ],
        ),
        (
            MULTI_MODEL,
            [Container("mangaassist-prod-models", (), {CLASSIFIER_KEY: "classifier", RERANKER_KEY: "reranker"})],
        ),
        (SHARED, [Container("mangaassist-prod-models", ("classifier", "reranker"), {})]),
    ],
)
def test_the_local_stack_starts_the_containers_that_the_topology_deploys(
    topology: str, expected: list[Container]
) -> None:
    assert containers(deployed(topology)) == expected


def test_given_a_classifier_image_then_only_the_classifiers_own_endpoint_runs_it_and_its_repository_is_readable() -> (
    None
):
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/mangaassist/neuron:1"
    deployment = deployed(DEDICATED, ClassifierImageUri=image, ClassifierInstanceType="ml.inf2.xlarge")
    models = named(deployment, "AWS::SageMaker::Model")
    statements = named(deployment, "AWS::IAM::Role")["ModelRole"].properties["Policies"][0]["PolicyDocument"]
    (pulling,) = [item for item in statements["Statement"] if "ecr:BatchGetImage" in item["Action"]]

    assert models["ClassifierModel"].properties["PrimaryContainer"]["Image"] == image
    assert models["RerankerModel"].properties["PrimaryContainer"]["Image"] == NOT_DEFAULTED["ModelImageUri"]
    assert [arn.partition("repository/")[2] for arn in pulling["Resource"]] == [
        "mangaassist/models",
        "mangaassist/neuron",
    ]


def test_an_inferentia_classifier_without_an_image_of_its_own_is_refused(template: dict[str, Any]) -> None:
    rule = template["Rules"]["InferentiaHasItsOwnImage"]
    types = rule["RuleCondition"]["Fn::And"][1]["Fn::Contains"][0]

    assert "ml.inf2.xlarge" in types
    assert rule["Assertions"][0]["Assert"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "ClassifierImageUri"}, ""]}]}


@pytest.mark.parametrize(
    ("instance", "allowed"), [("ml.c7g.2xlarge", True), ("ml.m5.large", True), ("ml.inf2.xlarge", False)]
)
def test_a_shared_endpoint_runs_on_processors_only(instance: str, allowed: bool, template: dict[str, Any]) -> None:
    pattern = template["Parameters"]["SharedInstanceType"]["AllowedPattern"]

    assert bool(re.fullmatch(pattern, instance)) is allowed
