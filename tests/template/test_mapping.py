"""The API's mapping templates: what reaches the workflow, and what its outcome becomes."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.api.integrations import integration
from local.api.variables import Blanks, Input, Util
from local.api.velocity import render
from local.template import Deployment

JSON = "application/json"
REQUEST_ID = "6f1c2a9e-0000-4000-8000-000000000001"
ARRIVED_AT = 1_795_000_000_000
TRICKY = [
    '{"message": "Where is my order?"}',
    "",
    "not json at all {",
    '"it\'s"',
    "\\' \\\\' '' \\\"",
    '{"message": "ワンピース 110巻 👒"}',
    "line\nbreak\r\n\ttab \x00\x1b\x7f\u2028\u2029",
    "</script> /slashes/",
    "$input.body #set($x = 1) ${ChatTurn} $util",
    '{"a": "\\u0027"}',
]


def context(**authorizer: str) -> Blanks:
    return Blanks(
        {
            "requestId": REQUEST_ID,
            "requestTimeEpoch": ARRIVED_AT,
            "authorizer": Blanks(authorizer),
            "responseOverride": {"header": {}},
        }
    )


def handed_over(
    chat: dict[str, Any], body: str, headers: dict[str, str] | None = None, customer: str = ""
) -> dict[str, Any]:
    """The fields of StartSyncExecution for a request."""
    template = chat["x-amazon-apigateway-integration"]["requestTemplates"][JSON]
    parameters: dict[str, dict[str, str]] = {"path": {}, "querystring": {}, "header": headers or {}}
    caller = context(kind="customer" if customer else "guest", customer_id=customer)
    rendered = render(template, {"input": Input(body, parameters), "util": Util(), "context": caller})
    fields: dict[str, Any] = json.loads(rendered)
    return fields


def turn(chat: dict[str, Any], *given: Any, **also: Any) -> dict[str, Any]:
    """The workflow's input for a request."""
    read: dict[str, Any] = json.loads(handed_over(chat, *given, **also)["input"])
    return read


def answered(chat: dict[str, Any], backend: dict[str, Any], status: int = 200) -> tuple[int, dict[str, str], Any]:
    """Status, overridden headers and body of the API for an answer of Step Functions."""
    response = integration("POST /chat", chat["x-amazon-apigateway-integration"]).response(status)
    assert response.template is not None
    variables: dict[str, Any] = {"util": Util(), "context": context()}
    variables["input"] = Input(json.dumps(backend), {"path": {}, "querystring": {}, "header": {}})
    body = json.loads(render(response.template, variables))
    override = variables["context"]["responseOverride"]
    return int(override.get("status", response.status)), override["header"], body


def test_a_request_starts_the_workflows_alias_under_the_requests_own_id(
    chat: dict[str, Any], deployment: Deployment
) -> None:
    fields = handed_over(chat, "{}")

    assert fields.keys() == {"stateMachineArn", "name", "input"}
    assert fields["stateMachineArn"] == f"{deployment.state_machines()['ChatTurn'].arn}:live"
    assert fields["name"] == REQUEST_ID


def test_the_workflow_is_told_who_calls_and_when(chat: dict[str, Any]) -> None:
    assert turn(chat, "{}", customer="cust-aiko") == {
        "body": "{}",
        "caller": {"kind": "customer", "customer_id": "cust-aiko"},
        "session_token": "",
        "arrived_at_ms": ARRIVED_AT,
        "trace_id": REQUEST_ID,
    }


def test_a_guest_has_no_customer_id(chat: dict[str, Any]) -> None:
    assert turn(chat, "{}")["caller"] == {"kind": "guest", "customer_id": ""}


@pytest.mark.parametrize("name", ["X-Session-Token", "x-session-token", "X-SESSION-TOKEN"])
def test_a_session_token_arrives_however_its_header_is_written(name: str, chat: dict[str, Any]) -> None:
    assert turn(chat, "{}", {"Accept": "*/*", name: "abc.def'\""})["session_token"] == "abc.def'\""


@pytest.mark.parametrize("body", TRICKY)
def test_a_body_reaches_the_workflow_as_it_was_sent(body: str, chat: dict[str, Any]) -> None:
    assert turn(chat, body)["body"] == body


@settings(deadline=None)
@given(body=st.text(), customer=st.text(max_size=20), token=st.text(max_size=20))
def test_whatever_is_sent_stays_data(body: str, customer: str, token: str, chat: dict[str, Any]) -> None:
    received = turn(chat, body, {"X-Session-Token": token}, customer=customer)

    assert received.keys() == {"body", "caller", "session_token", "arrived_at_ms", "trace_id"}
    assert received["body"] == body
    assert received["caller"]["customer_id"] == customer
    assert received["session_token"] == token


def test_an_answer_is_handed_out_as_the_workflow_wrote_it(chat: dict[str, Any]) -> None:
    reply = {"reply": 'It\'s here: ワンピース "110" $context.requestId', "products": []}

    status, headers, body = answered(chat, {"status": "SUCCEEDED", "output": json.dumps(reply)})

    assert (status, headers, body) == (200, {}, reply)


@pytest.mark.parametrize(
    ("error", "status"),
    [("InvalidRequest", 400), ("SessionForbidden", 403), ("TurnInProgress", 409), ("BudgetExhausted", 429)],
)
def test_a_refusal_gets_its_status_and_says_why(error: str, status: int, chat: dict[str, Any]) -> None:
    cause = {"message": 'it\'s "too" long: 長い', "field": "message"}

    assert answered(chat, {"status": "FAILED", "error": error, "cause": json.dumps(cause)}) == (
        status,
        {},
        {"error": error, **cause, "trace_id": REQUEST_ID},
    )


def test_a_refusal_that_says_when_to_come_back_gets_retry_after(chat: dict[str, Any]) -> None:
    cause = json.dumps({"message": "spent", "retry_after_s": 90})

    status, headers, body = answered(chat, {"status": "FAILED", "error": "BudgetExhausted", "cause": cause})

    assert (status, headers) == (429, {"Retry-After": "90"})
    assert body == {"error": "BudgetExhausted", "message": "spent", "trace_id": REQUEST_ID}


@pytest.mark.parametrize(
    ("backend", "backend_status", "status", "error"),
    [
        ({"status": "FAILED", "error": "KeyError", "cause": "secret traceback"}, 200, 502, "TurnFailed"),
        ({"status": "FAILED", "error": "States.Runtime", "cause": "{}"}, 200, 502, "TurnFailed"),
        ({"status": "FAILED"}, 200, 502, "TurnFailed"),
        ({"status": "TIMED_OUT", "error": "States.Timeout", "cause": "secret"}, 200, 504, "TurnTimedOut"),
        ({"__type": "ValidationException", "message": "secret length"}, 400, 413, "RequestTooLarge"),
        ({"__type": "com.amazonaws.states#ValidationException", "message": "secret"}, 400, 413, "RequestTooLarge"),
        ({"__type": "ThrottlingException", "message": "secret rate"}, 400, 429, "Throttled"),
        ({"__type": "AccessDeniedException", "Message": "secret role"}, 400, 502, "TurnFailed"),
        ({"__type": "StateMachineDoesNotExist", "message": "secret arn"}, 400, 502, "TurnFailed"),
        ({"message": "secret gateway"}, 403, 502, "TurnFailed"),
        ({"message": "secret outage"}, 500, 502, "TurnFailed"),
        ({"message": "secret outage"}, 503, 502, "TurnFailed"),
    ],
)
def test_a_failure_of_ours_shows_its_trace_id_and_nothing_internal(
    backend: dict[str, Any], backend_status: int, status: int, error: str, chat: dict[str, Any]
) -> None:
    got, _, body = answered(chat, backend, backend_status)

    assert (got, body["error"], body["trace_id"]) == (status, error, REQUEST_ID)
    assert body.keys() == {"error", "message", "trace_id"}
    assert "secret" not in json.dumps(body)
