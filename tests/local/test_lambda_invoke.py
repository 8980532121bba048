"""An unchanged boto3 client invokes functions of the local stack."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.lambda_runtime import InProcessRuntime
from local.lambda_runtime.invoke_api import invoke_app
from local.standins.transport import serve
from local.template import Deployment
from tests.local.conftest import BARE


class Lambda:
    """A client, and what was accepted for later."""

    def __init__(self, url: str, accepted: list[Any]) -> None:
        config = Config(retries={"total_max_attempts": 1})
        keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
        self._client = boto3.client("lambda", region_name="us-east-1", endpoint_url=url, config=config, **keys)
        self.accepted = accepted

    async def invoke(self, name: str, payload: Any = None, **more: Any) -> Any:
        body = json.dumps(payload).encode()
        return await asyncio.to_thread(self._client.invoke, FunctionName=name, Payload=body, **more)


@pytest.fixture
async def client(deployment: Deployment) -> AsyncIterator[Lambda]:
    functions = deployment.functions()
    specs = [functions["Echo"], replace(functions["Together"], reserved_concurrency=0)]
    accepted: list[Any] = []

    def accept(arn: str, payload: Any) -> str:
        accepted.append((arn, payload))
        return "request-1"

    async with InProcessRuntime(specs, BARE) as runtime:
        running = await serve(invoke_app(runtime, specs, accept))
        try:
            yield Lambda(running.url, accepted)
        finally:
            await running.stop()


@pytest.mark.parametrize("qualifier", ["", ":live", ":$LATEST"])
async def test_given_a_function_when_invoked_by_name_or_arn_then_its_answer_is_the_payload(
    client: Lambda, deployment: Deployment, qualifier: str
) -> None:
    echo = deployment.functions()["Echo"]
    for name in (echo.name, echo.arn, f"123456789012:function:{echo.name}"):
        answer = await client.invoke(f"{name}{qualifier}", {"message": "こんにちは"})
        assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
        assert "FunctionError" not in answer
        assert json.load(answer["Payload"])["event"] == {"message": "こんにちは"}


async def test_given_a_qualifier_beside_the_name_when_invoked_then_it_is_the_arns(
    client: Lambda, deployment: Deployment
) -> None:
    answer = await client.invoke(deployment.functions()["Echo"].name, {}, Qualifier="live")
    assert json.load(answer["Payload"])["arn"] == deployment.ref("Echo.Alias")


async def test_given_a_handler_that_raises_when_invoked_then_the_error_is_the_payload(
    client: Lambda, deployment: Deployment
) -> None:
    answer = await client.invoke(deployment.functions()["Echo"].name, {"raise": "not now"})
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert json.load(answer["Payload"])["errorType"] == "TooMany"


async def test_given_an_event_when_invoked_then_it_is_accepted_for_later(
    client: Lambda, deployment: Deployment
) -> None:
    echo = deployment.functions()["Echo"]
    answer = await client.invoke(echo.name, {"n": 1}, InvocationType="Event")
    assert (answer["StatusCode"], answer["ResponseMetadata"]["RequestId"]) == (202, "request-1")
    assert client.accepted == [(echo.arn, {"n": 1})]
    assert (await client.invoke(echo.name, {}, InvocationType="DryRun"))["StatusCode"] == 204


@pytest.mark.parametrize(
    ("name", "options", "code"),
    [
        ("mangaassist-local-Nobody", {}, "ResourceNotFoundException"),
        ("mangaassist-local-Echo:other", {}, "ResourceNotFoundException"),
        ("mangaassist-local-Together", {}, "TooManyRequestsException"),
        ("mangaassist-local-Echo", {"LogType": "Tail"}, "InvalidParameterValueException"),
        ("mangaassist-local-Echo", {"Payload": b"{"}, "InvalidRequestContentException"),
        ("mangaassist-local-Echo", {"Payload": b'"' + b"x" * 6 * 1024 * 1024 + b'"'}, "RequestTooLargeException"),
    ],
)
async def test_given_what_lambda_refuses_when_invoked_then_the_error_has_lambdas_code(
    client: Lambda, name: str, options: dict[str, Any], code: str
) -> None:
    call = {"FunctionName": name, "Payload": b"{}", **options}
    with pytest.raises(ClientError) as caught:
        await asyncio.to_thread(client._client.invoke, **call)
    assert caught.value.response["Error"]["Code"] == code
