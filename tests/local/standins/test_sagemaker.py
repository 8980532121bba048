"""The SageMaker Runtime stand-in through an unchanged boto3 client."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web
from botocore.exceptions import ClientError

from local.standins.fault_catalogue import Mode
from local.standins.faults import Fault, FaultBoard
from local.standins.hosting import SingleContainer
from local.standins.sagemaker import sagemaker_app

BODY = json.dumps({"inputs": ["where is my order"]})


async def container(request: web.Request) -> web.Response:
    """Answers with what it was sent; refuses a body without inputs."""
    body = await request.json()
    if "inputs" not in body:
        return web.json_response({"error": "inputs is missing"}, status=400)
    headers = {"X-Amzn-SageMaker-Custom-Attributes": "served=yes"}
    return web.json_response({"inputs": body["inputs"], "seen": dict(request.headers)}, headers=headers)


@pytest.fixture
async def sagemaker(served: Callable[[web.Application], Any], client: Callable[..., Any], board: FaultBoard) -> Any:
    app = web.Application()
    app.router.add_post("/invocations", container)
    endpoints = {
        "intents": SingleContainer(await served(app), ("classifier",)),
        "absent-container": SingleContainer("http://127.0.0.1:9", ("reranker",)),
    }
    return client("sagemaker-runtime", await served(sagemaker_app(endpoints, board)))


async def invoke(sagemaker: Any, name: str = "intents", body: str = BODY, **more: str) -> Any:
    def call() -> Any:
        answer = sagemaker.invoke_endpoint(EndpointName=name, Body=body, ContentType="application/json", **more)
        return answer, json.loads(answer["Body"].read())

    return await asyncio.to_thread(call)


async def test_when_an_endpoint_is_invoked_then_its_container_answers_with_headers_passed_both_ways(
    sagemaker: Any,
) -> None:
    answer, body = await invoke(sagemaker, InferenceId="turn-1", CustomAttributes="trace=t1")

    assert body["inputs"] == ["where is my order"]
    assert body["seen"]["X-Amzn-SageMaker-Inference-Id"] == "turn-1"
    assert body["seen"]["X-Amzn-SageMaker-Custom-Attributes"] == "trace=t1"
    assert (answer["CustomAttributes"], answer["InvokedProductionVariant"]) == ("served=yes", "AllTraffic")


async def test_when_the_container_refuses_then_a_model_error_carries_its_status_and_body(sagemaker: Any) -> None:
    with pytest.raises(ClientError) as caught:
        await invoke(sagemaker, body="{}")

    response = caught.value.response
    assert response["Error"]["Code"] == "ModelError"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert (response["OriginalStatusCode"], response["OriginalMessage"]) == (400, '{"error": "inputs is missing"}')


@pytest.mark.parametrize(("name", "code"), [("nowhere", "ValidationError"), ("absent-container", "ModelError")])
async def test_when_there_is_no_endpoint_or_no_container_then_awss_error_says_so(
    sagemaker: Any, name: str, code: str
) -> None:
    with pytest.raises(ClientError) as caught:
        await invoke(sagemaker, name)

    assert caught.value.response["Error"]["Code"] == code


@pytest.mark.parametrize(
    ("mode", "code"),
    [
        (Mode.ERROR, "InternalFailure"),
        (Mode.THROTTLE, "ThrottlingException"),
        (Mode.MODEL_ERROR, "ModelError"),
        (Mode.UNAVAILABLE, "ServiceUnavailable"),
    ],
)
async def test_given_a_fault_when_invoked_then_it_is_worded_as_sagemaker_does_and_then_it_is_spent(
    sagemaker: Any, board: FaultBoard, mode: Mode, code: str
) -> None:
    board.switch_on(Fault(target="classifier", mode=mode, times=1))

    with pytest.raises(ClientError) as caught:
        await invoke(sagemaker)

    assert caught.value.response["Error"]["Code"] == code
    assert (await invoke(sagemaker))[1]["inputs"] == ["where is my order"]


async def test_given_an_endpoint_of_one_model_when_a_target_model_is_named_then_it_is_refused(sagemaker: Any) -> None:
    with pytest.raises(ClientError) as caught:
        await invoke(sagemaker, TargetModel="models/classifier/model.tar.gz")

    assert caught.value.response["Error"]["Code"] == "ValidationError"
