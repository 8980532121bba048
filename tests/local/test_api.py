"""The API front on the fixture template: what a caller sees is what the document says."""

import io
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from local.api import ApiFront
from local.api.front import PAYLOAD_LIMIT_BYTES
from local.lambda_runtime import InProcessRuntime
from local.lambda_runtime.environment import Surroundings
from local.machines import StateMachines
from local.stepfunctions import ExecutionRecord
from local.stepfunctions_api import StepFunctionsApi
from local.template import Deployment

INPUT_LIMIT = 262_144
Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def functions(deployment: Deployment, surroundings: Surroundings) -> AsyncIterator[InProcessRuntime]:
    specs = [deployment.functions()[name] for name in ("Echo", "Authorize")]
    async with InProcessRuntime(specs, Surroundings(endpoints=surroundings.endpoints)) as running:
        yield running


@pytest.fixture
def machines(deployment: Deployment, functions: InProcessRuntime) -> StateMachines:
    """The fixture's machine without JSONata, whose evaluators a handler's thread may not free."""
    echo = {"Type": "Task", "Resource": deployment.functions()["Echo"].arn, "End": True}
    definition = json.dumps({"StartAt": "Echo", "States": {"Echo": echo}})
    return StateMachines([replace(deployment.state_machines()["Machine"], definition=definition)], functions)


def executions(machines: StateMachines) -> list[ExecutionRecord]:
    return [execution.record for machine in machines for execution in machine.executions]


@pytest.fixture
async def client(deployment: Deployment, functions: InProcessRuntime, machines: StateMachines) -> AsyncIterator[Client]:
    step_functions = StepFunctionsApi(machines)
    front = ApiFront(deployment.apis()["Api"], deployment.place, functions=functions, step_functions=step_functions)
    app = web.Application(client_max_size=PAYLOAD_LIMIT_BYTES)
    app.router.add_route("*", "/{path:.*}", front.handle)
    async with TestClient(TestServer(app)) as connected:
        yield connected


async def test_given_a_request_when_it_succeeds_then_the_template_carries_body_caller_and_header_unharmed(
    client: Client, machines: StateMachines
) -> None:
    said = {"message": 'It\'s "ワンピース" \\ / \n 🍜', "n": [1, True, None]}
    answer = await client.post("/things", json=said, headers={"X-Token": "t'1", "Authorization": "aiko"})
    assert answer.status == 200
    assert await answer.json() == {"said": said, "who": "aiko", "token": "t'1"}
    (execution,) = executions(machines)
    assert execution.name == answer.headers["x-amzn-RequestId"]
    assert isinstance(execution.input["at"], int)


async def test_given_a_failed_execution_when_answered_then_status_and_header_are_the_templates_and_the_cause_is_not(
    client: Client,
) -> None:
    answer = await client.post("/things", json={"message": "too many"})
    assert (answer.status, answer.headers["Retry-After"]) == (429, "7")
    assert await answer.json() == {"error": "later"}


async def test_given_an_unexpected_failure_when_answered_then_it_is_a_502_with_the_trace_id(client: Client) -> None:
    answer = await client.post("/things", data=b"{broken", headers={"Content-Type": "application/json"})
    body = await answer.text()
    assert answer.status == 502
    assert json.loads(body) == {"error": "failed", "trace_id": answer.headers["x-amzn-RequestId"]}


async def test_given_a_forged_token_when_refused_then_the_deployed_gateway_response_says_so(client: Client) -> None:
    answer = await client.post("/things", json={}, headers={"Authorization": "forged"})
    assert answer.status == 401
    assert (await answer.json())["error"] == "who are you?"


async def test_given_a_caller_that_is_denied_when_refused_then_it_is_403(client: Client) -> None:
    answer = await client.post("/things", json={}, headers={"Authorization": "banned"})
    assert answer.status == 403
    assert await answer.json() == {"message": "User is not authorized to access this resource"}


async def test_given_another_content_type_when_nothing_may_pass_through_then_it_is_415(client: Client) -> None:
    answer = await client.post("/things", data="hello", headers={"Content-Type": "text/plain"})
    assert answer.status == 415


async def test_given_no_such_route_when_asked_then_it_is_403_as_api_gateway_has_it(client: Client) -> None:
    answer = await client.get("/nothing")
    assert answer.status == 403
    assert await answer.json() == {"message": "Missing Authentication Token"}


async def test_given_a_body_beyond_the_payload_limit_when_sent_then_it_is_413(
    client: Client, machines: StateMachines
) -> None:
    answer = await client.post(
        "/things", data=io.BytesIO(b"x" * (PAYLOAD_LIMIT_BYTES + 1)), headers={"Content-Type": "application/json"}
    )
    assert answer.status == 413
    assert executions(machines) == []


async def test_given_an_input_beyond_step_functions_limit_when_sent_then_the_pattern_for_4xx_answers(
    client: Client, machines: StateMachines
) -> None:
    answer = await client.post("/things", json={"message": "x" * INPUT_LIMIT})
    assert answer.status == 400
    assert await answer.json() == {"error": "refused"}
    assert executions(machines) == []


async def test_given_a_preflight_when_answered_then_the_mock_integration_allows_the_origin(client: Client) -> None:
    answer = await client.options("/things")
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (204, "*")
