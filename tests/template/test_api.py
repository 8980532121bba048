"""What the API answers by itself, before or instead of the workflow."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.api import ApiFront
from local.machines import StateMachines
from local.stepfunctions_api import StepFunctionsApi
from local.template import Deployment

GATEWAY = "x-amazon-apigateway-gateway-responses"


@pytest.fixture
def document(deployment: Deployment) -> Any:
    return deployment.apis()["ChatApi"].document


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("UNAUTHORIZED", 401),
        ("ACCESS_DENIED", 403),
        ("MISSING_AUTHENTICATION_TOKEN", 404),
        ("REQUEST_TOO_LARGE", 413),
        ("UNSUPPORTED_MEDIA_TYPE", 415),
        ("THROTTLED", 429),
    ],
)
def test_a_refusal_of_the_gateway_has_its_status(kind: str, status: int, document: Any) -> None:
    assert document[GATEWAY][kind]["statusCode"] == status


def test_every_gateway_response_has_the_apis_error_body_and_lets_a_page_read_it(document: Any) -> None:
    assert {"DEFAULT_4XX", "DEFAULT_5XX"} <= document[GATEWAY].keys()
    for response in document[GATEWAY].values():
        body = json.loads(response["responseTemplates"]["application/json"])
        assert body.keys() == {"error", "message", "trace_id"}
        assert body["trace_id"] == "$context.requestId"
        assert "gatewayresponse.header.Access-Control-Allow-Origin" in response["responseParameters"]


def test_other_content_types_are_refused_instead_of_passed_through(chat: dict[str, Any]) -> None:
    integration = chat["x-amazon-apigateway-integration"]

    assert integration["passthroughBehavior"] == "never"
    assert integration["requestTemplates"].keys() == {"application/json"}


def test_every_chat_request_is_authorized_anew_and_a_guest_needs_no_token(chat: dict[str, Any], document: Any) -> None:
    authorizer = document["components"]["securitySchemes"]["caller"]["x-amazon-apigateway-authorizer"]

    assert chat["security"] == [{"caller": []}]
    assert authorizer["authorizerResultTtlInSeconds"] == 0
    assert "identitySource" not in authorizer


def test_a_page_may_send_what_the_api_reads(document: Any) -> None:
    options = document["paths"]["/chat"]["options"]["x-amazon-apigateway-integration"]
    headers = options["responses"]["default"]["responseParameters"]

    assert "security" not in document["paths"]["/chat"]["options"]
    assert headers["method.response.header.Access-Control-Allow-Headers"] == (
        "'Authorization,Content-Type,X-Session-Token'"
    )
    assert headers["method.response.header.Access-Control-Allow-Methods"] == "'POST,OPTIONS'"


def test_every_header_that_an_integration_sets_is_declared_for_its_status(document: Any) -> None:
    for operation in document["paths"]["/chat"].values():
        for response in operation["x-amazon-apigateway-integration"]["responses"].values():
            names = {name.rsplit(".", 1)[1] for name in response["responseParameters"]}
            assert names <= operation["responses"][response["statusCode"]]["headers"].keys()


def test_the_front_takes_the_document_whole_and_the_access_log_names_who_and_what(
    deployment: Deployment, tmp_path: Path
) -> None:
    nobody: Any = None
    step_functions = StepFunctionsApi(StateMachines([], nobody))
    spec = deployment.apis()["ChatApi"]

    ApiFront(spec, deployment.place, functions=nobody, step_functions=step_functions, logs=tmp_path)

    fields = json.loads(deployment.apis()["ChatApi"].properties["AccessLogSetting"]["Format"])
    assert fields["trace_id"] == "$context.requestId"
    assert fields["caller"] == "$context.authorizer.kind"
    assert "$context.authorizer.customer_id" not in fields.values()


def test_every_method_is_throttled_by_the_parameters(deployment: Deployment) -> None:
    (settings,) = deployment.apis()["ChatApi"].properties["MethodSettings"]

    assert (settings["ResourcePath"], settings["HttpMethod"]) == ("/*", "*")
    assert settings["ThrottlingRateLimit"] == deployment.ref("RequestsPerSecond")
    assert settings["ThrottlingBurstLimit"] == deployment.ref("RequestBurst")


def test_a_body_is_refused_by_the_workflow_and_not_by_a_model(chat: dict[str, Any], document: Any) -> None:
    """API Gateway's validator would name a missing field only; the workflow names every field and says why."""
    assert "requestBody" not in chat
    assert not [name for name in {**chat, **document} if "validator" in name]
