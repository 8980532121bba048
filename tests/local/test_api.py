"""The API front on the fixture template: what a caller sees is what the document says."""

import io
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from local.api import ApiFront
from local.api.front import PAYLOAD_LIMIT_BYTES
from local.api.start_sync_execution import INPUT_LIMIT
from local.lambda_runtime import InProcessRuntime
from local.lambda_runtime.environment import Surroundings
from local.stepfunctions import ExecutionRecord
from local.template import Deployment

Client = TestClient[web.Request, web.Application]


class OneFunction:
    """Runs the fixture machine's only state."""

    def __init__(self, functions: InProcessRuntime, arn: str) -> None:
        self._functions = functions
        self._arn = arn
        self.inputs: list[Any] = []
        self.names: list[str] = []

    async def run(self, arn: str, value: Any, *, name: str) -> ExecutionRecord:
        if arn != self._arn:
            raise KeyError(arn)
        self.inputs.append(value)
        self.names.append(name)
        try:
            output = await self._functions.invoke("Echo", value)
        except Exception as error:
            return ExecutionRecord(name, "FAILED", value, 0, 1, error=getattr(error, "error", "?"), cause="secret")
        return ExecutionRecord(name, "SUCCEEDED", value, 0, 1, output=output)


@pytest.fixture
async def machines(deployment: Deployment, surroundings: Surroundings) -> AsyncIterator[OneFunction]:
    specs = [deployment.functions()[name] for name in ("Echo", "Authorize")]
    bare = Surroundings(endpoints=surroundings.endpoints)
    async with InProcessRuntime(specs, bare) as functions:
        yield OneFunction(functions, deployment.ref("MachineAliaslive"))


@pytest.fixture
async def client(deployment: Deployment, machines: OneFunction) -> AsyncIterator[Client]:
    front = ApiFront(deployment.apis()["Api"], deployment.place, functions=machines._functions, machines=machines)
    app = web.Application(client_max_size=PAYLOAD_LIMIT_BYTES)
    app.router.add_route("*", "/{path:.*}", front.handle)
    async with TestClient(TestServer(app)) as connected:
        yield connected


async def test_given_a_request_when_it_succeeds_then_the_template_carries_body_caller_and_header_unharmed(
    client: Client, machines: OneFunction
) -> None:
    said = {"message": 'It\'s "ワンピース" \\ / \n 🍜', "n": [1, True, None]}
    answer = await client.post("/things", json=said, headers={"X-Token": "t'1", "Authorization": "aiko"})
    assert answer.status == 200
    assert await answer.json() == {"said": said, "who": "aiko", "token": "t'1"}
    assert machines.names == [answer.headers["x-amzn-RequestId"]]
    assert isinstance(machines.inputs[0]["at"], int)


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
    client: Client, machines: OneFunction
) -> None:
    answer = await client.post(
        "/things", data=io.BytesIO(b"x" * (PAYLOAD_LIMIT_BYTES + 1)), headers={"Content-Type": "application/json"}
    )
    assert answer.status == 413
    assert machines.inputs == []


async def test_given_an_input_beyond_step_functions_limit_when_sent_then_the_pattern_for_4xx_answers(
    client: Client, machines: OneFunction
) -> None:
    answer = await client.post("/things", json={"message": "x" * INPUT_LIMIT})
    assert answer.status == 400
    assert await answer.json() == {"error": "refused"}
    assert machines.inputs == []


async def test_given_a_preflight_when_answered_then_the_mock_integration_allows_the_origin(client: Client) -> None:
    answer = await client.options("/things")
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (204, "*")
