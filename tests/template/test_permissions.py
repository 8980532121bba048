"""Each role may do what its function does, and nothing else."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.template import Deployment
from local.template.model import Overrides
from local.template.specs import ResourceSpec
from tests.template.conftest import NOT_DEFAULTED, TEMPLATE

ROLE = "AWS::IAM::Role"

BREAKERS = {"dynamodb:GetItem mangaassist-prod-breakers", "dynamodb:PutItem mangaassist-prod-breakers"}

# What each function may do. A change here is a change of what an intruder in that function could do.
ALLOWED: dict[str, set[str]] = {
    "authorize_caller": set(),
    "open_turn": {
        "dynamodb:GetItem mangaassist-prod-sessions",
        "dynamodb:Query mangaassist-prod-sessions",
        "dynamodb:PutItem mangaassist-prod-sessions",
        "dynamodb:UpdateItem mangaassist-prod-sessions",
        "dynamodb:BatchGetItem mangaassist-prod-catalogue",
        "secretsmanager:GetSecretValue session-secret-??????",
        "ssm:GetParameter mode",
    },
    "classify_intent": {"sagemaker:InvokeEndpoint mangaassist-prod-classifier", *BREAKERS},
    "retrieve_passages": {"bedrock:InvokeModel amazon.titan-embed-text-v2:0", "es:ESHttpPost _msearch", *BREAKERS},
    "rerank_passages": {"sagemaker:InvokeEndpoint mangaassist-prod-reranker", *BREAKERS},
    "load_customer": {"dynamodb:Query mangaassist-prod-customers"},
    "find_products": {
        "es:ESHttpPost _search",
        "dynamodb:BatchGetItem mangaassist-prod-catalogue",
    },
    "recommend_products": {
        "dynamodb:BatchGetItem mangaassist-prod-customers",
        "dynamodb:BatchGetItem mangaassist-prod-catalogue",
    },
    "fill_template": set(),
    "generate_reply": {
        "bedrock:InvokeModelWithResponseStream global.anthropic.claude-sonnet-5-5",
        "bedrock:InvokeModelWithResponseStream global.anthropic.claude-haiku-5-5",
        "bedrock:InvokeModelWithResponseStream anthropic.claude-sonnet-5-5",
        "bedrock:InvokeModelWithResponseStream anthropic.claude-haiku-5-5",
        *BREAKERS,
    },
    "check_reply": {
        "bedrock:ApplyGuardrail mangaassist-prod",
        "bedrock:ApplyGuardrail us.guardrail.v1:0",
        *BREAKERS,
    },
    "hand_over": {"events:PutEvents mangaassist-prod"},
    "save_turn": {
        "dynamodb:PutItem mangaassist-prod-sessions",
        "dynamodb:UpdateItem mangaassist-prod-sessions",
        "events:PutEvents mangaassist-prod",
        "sqs:SendMessage mangaassist-prod-unsettled-turns",
    },
    "settle_turns": {
        "dynamodb:PutItem mangaassist-prod-sessions",
        "dynamodb:UpdateItem mangaassist-prod-sessions",
        "events:PutEvents mangaassist-prod",
        "sqs:ReceiveMessage mangaassist-prod-unsettled-turns",
        "sqs:DeleteMessage mangaassist-prod-unsettled-turns",
        "sqs:GetQueueAttributes mangaassist-prod-unsettled-turns",
    },
    "plan_releases": {
        "s3:GetObject calendar.ics",
        "s3:PutObject plan.json",
        "s3:PutObject *",
        "cloudwatch:GetMetricData *",
        "scheduler:CreateSchedule *",
        "scheduler:DeleteSchedule *",
        "scheduler:ListSchedules *",
        "application-autoscaling:DescribeScalableTargets *",
        "iam:PassRole mangaassist-local-ReleaseScheduleRole",
    },
    "scale_capacity": {
        "cloudwatch:GetMetricData *",
        "s3:GetObject plan.json",
        "s3:PutObject *",
        "application-autoscaling:DescribeScalableTargets *",
        "application-autoscaling:RegisterScalableTarget *",
        "sagemaker:DescribeEndpoint mangaassist-prod-classifier",
        "sagemaker:DescribeEndpoint mangaassist-prod-reranker",
        "sagemaker:UpdateEndpointWeightsAndCapacities mangaassist-prod-classifier",
        "sagemaker:UpdateEndpointWeightsAndCapacities mangaassist-prod-reranker",
    },
}

# AWS defines no resource for these (Service Authorization Reference), so that "*" is all one can write.
WITHOUT_RESOURCES = {
    "application-autoscaling:DescribeScalableTargets",
    "bedrock:ListProvisionedModelThroughputs",
    "cloudwatch:GetMetricData",
    "ecr:GetAuthorizationToken",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
    "scheduler:ListSchedules",
}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(policies: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for policy in policies:
        yield from policy["Statement"]


def granted(spec: ResourceSpec) -> Iterator[str]:
    """Action and the last part of the resource it may be done to."""
    for statement in statements(spec.properties.get("Policies", [])):
        for action in as_list(statement["Action"]):
            for resource in as_list(statement["Resource"]):
                yield f"{action} {_last_part(resource)}"


def _last_part(resource: str) -> str:
    """What an ARN ends in, after its path."""
    name: str = resource.rsplit("/", 1)[-1]
    return name.rsplit(":", 1)[-1] if name.startswith("arn:") else name


def every_policy(deployment: Deployment) -> dict[str, list[dict[str, Any]]]:
    """Every policy of ours, by the resource that has it."""
    own = {
        spec.logical_id: spec.properties.get("Policies", [])
        for kind in ("AWS::Serverless::Function", "AWS::Serverless::StateMachine")
        for spec in deployment.resources(kind)
    }
    roles = {
        spec.logical_id: [policy["PolicyDocument"] for policy in spec.properties.get("Policies", [])]
        for spec in deployment.resources(ROLE)
    }
    return own | roles


@pytest.mark.parametrize("folder", sorted(ALLOWED))
def test_a_function_may_do_exactly_this(folder: str, functions: dict[str, ResourceSpec]) -> None:
    assert set(granted(functions[folder])) == ALLOWED[folder]


def test_with_throughput_and_concurrency_a_function_may_change_these_too_and_nothing_else() -> None:
    chosen = {
        **NOT_DEFAULTED,
        "ThroughputModelId": "anthropic.claude-sonnet-5-5",
        "ModelUnitTokens": "10000",
        "ReservedConcurrency": "20",
    }
    deployed = Deployment(TEMPLATE, Overrides(parameters=chosen)).resources("AWS::Serverless::Function")
    more = {
        name: set(granted(spec)) - ALLOWED[name]
        for spec in deployed
        if (name := str(spec.properties["Handler"]).split(".")[0]) in ("plan_releases", "scale_capacity")
    }

    read = {"lambda:GetFunctionConcurrency", "lambda:GetProvisionedConcurrencyConfig"}
    write = {"lambda:PutFunctionConcurrency", "lambda:PutProvisionedConcurrencyConfig"}
    listing = {"bedrock:ListProvisionedModelThroughputs"}
    buying = {"bedrock:CreateProvisionedModelThroughput", "bedrock:DeleteProvisionedModelThroughput"}
    assert {entry.split(" ")[0] for entry in more["plan_releases"]} == read | listing
    assert {entry.split(" ")[0] for entry in more["scale_capacity"]} == read | write | listing | buying
    assert not [entry for entry in more["scale_capacity"] if entry.startswith("lambda:") and entry.endswith("*")]


def test_every_function_is_listed(functions: dict[str, ResourceSpec]) -> None:
    assert set(ALLOWED) == set(functions)


def test_every_policy_is_written_out_not_taken_from_a_template_or_a_managed_one(deployment: Deployment) -> None:
    for name, policies in every_policy(deployment).items():
        assert all(isinstance(policy, dict) and policy["Version"] == "2012-10-17" for policy in policies), name


def test_no_role_of_the_turn_has_a_managed_policy(deployment: Deployment) -> None:
    managed = {spec.logical_id for spec in deployment.resources(ROLE) if spec.properties.get("ManagedPolicyArns")}

    assert managed == {"ApiGatewayLoggingRole"}


def test_no_action_is_a_wildcard(deployment: Deployment) -> None:
    actions = [
        action
        for policies in every_policy(deployment).values()
        for statement in statements(policies)
        for action in as_list(statement["Action"])
    ]

    assert len(actions) > 40
    assert [action for action in actions if "*" in action] == []


def test_every_resource_is_narrow_unless_a_condition_or_aws_makes_it_wide(deployment: Deployment) -> None:
    for name, policies in every_policy(deployment).items():
        for statement in statements(policies):
            if "*" in as_list(statement["Resource"]):
                unavoidable = set(as_list(statement["Action"])) <= WITHOUT_RESOURCES
                assert unavoidable or statement.get("Condition"), f"{name}: {statement}"


@pytest.mark.parametrize(
    ("folder", "detail_type"),
    [("hand_over", "HandoverRequested"), ("save_turn", "TurnCompleted"), ("settle_turns", "TurnCompleted")],
)
def test_a_function_publishes_its_own_kind_of_event_only(
    folder: str, detail_type: str, functions: dict[str, ResourceSpec]
) -> None:
    from mangaassist.aws.events import SOURCE

    (statement,) = [
        item for item in statements(functions[folder].properties["Policies"]) if item["Action"] == "events:PutEvents"
    ]

    assert statement["Condition"] == {"StringEquals": {"events:source": SOURCE, "events:detail-type": detail_type}}


def test_the_workflow_invokes_exactly_the_functions_it_is_given(deployment: Deployment) -> None:
    (machine,) = deployment.resources("AWS::Serverless::StateMachine")
    (invoke,) = [
        statement
        for statement in statements(machine.properties["Policies"])
        if statement["Action"] == "lambda:InvokeFunction"
    ]

    assert sorted(invoke["Resource"]) == sorted(machine.properties["DefinitionSubstitutions"].values())


def test_the_api_starts_this_workflow_and_calls_its_authorizer_only(deployment: Deployment) -> None:
    (role,) = [spec for spec in deployment.resources(ROLE) if spec.logical_id == "ChatApiRole"]
    machine = deployment.state_machines()["ChatTurn"]
    authorizer = deployment.functions()["AuthorizeCallerFunction"]
    entries = [
        (statement["Action"], statement["Resource"])
        for statement in statements([policy["PolicyDocument"] for policy in role.properties["Policies"]])
    ]

    assert entries == [
        ("states:StartSyncExecution", f"{machine.arn}:live"),
        ("lambda:InvokeFunction", f"{authorizer.arn}:live"),
    ]


def test_secrets_and_customers_words_are_in_no_log(deployment: Deployment, template: dict[str, Any]) -> None:
    (machine,) = deployment.resources("AWS::Serverless::StateMachine")
    (api,) = deployment.resources("AWS::Serverless::Api")

    assert machine.properties["Logging"]["IncludeExecutionData"] is False
    assert [setting["DataTraceEnabled"] for setting in api.properties["MethodSettings"]] == [False]
    assert "$input" not in api.properties["AccessLogSetting"]["Format"]
    assert json.loads(api.properties["AccessLogSetting"]["Format"])["trace_id"] == "$context.requestId"
    assert "SecretString" not in template["Resources"]["SessionSecret"]["Properties"]
