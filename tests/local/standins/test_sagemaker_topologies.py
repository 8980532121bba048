"""Endpoints that two models share, through an unchanged boto3 client and the real server of models/."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from botocore.exceptions import ClientError

from local.standins.fault_catalogue import Mode
from local.standins.faults import Fault, FaultBoard
from local.standins.hosting import Archive, MultiModel, SingleContainer
from local.standins.sagemaker import sagemaker_app
from models.serving.app import STATE, create_app
from models.serving.registry import Policy
from tests.models.serving.fakes import PLENTY, FakeServable, serving

CLASSIFIER, RERANKER = "models/classifier/model.tar.gz", "models/reranker/model.tar.gz"
ARCHIVES = {
    CLASSIFIER: Archive(Path("/build/classifier"), "classifier"),
    RERANKER: Archive(Path("/build/reranker"), "reranker"),
}


class Named(FakeServable):
    """Answers with its folder's name."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._name = folder.name

    def items(self, body: bytes) -> list[str]:
        return [body.decode()]

    def infer(self, items: Any) -> list[str]:
        return [f"{self._name} {item}" for item in super().infer(items)]


@pytest.fixture
def invoke(served: Callable[[web.Application], Any], client: Callable[..., Any], board: FaultBoard) -> Any:
    """Invoke the endpoint `models`, which the hosting stands behind."""
    clients: list[Any] = []

    async def call(hosting: Any, body: str, **target: str) -> Any:
        if not clients:
            clients.append(client("sagemaker-runtime", await served(sagemaker_app({"models": hosting}, board))))

        def invoked() -> Any:
            answer = clients[0].invoke_endpoint(
                EndpointName="models", Body=body, ContentType="application/json", **target
            )
            return json.loads(answer["Body"].read())["items"]

        return await asyncio.to_thread(invoked)

    return call


async def multi_model(served: Callable[[web.Application], Any], policy: Policy = PLENTY) -> tuple[MultiModel, Any]:
    app = create_app(serving(Named, multi_model=True, policy=policy))
    return MultiModel(await served(app), ARCHIVES), app[STATE].registry


async def test_given_a_multi_model_endpoint_when_a_target_is_invoked_then_it_is_loaded_once_and_answers(
    served: Any, invoke: Any
) -> None:
    hosting, registry = await multi_model(served)

    assert await invoke(hosting, "a", TargetModel=CLASSIFIER) == ["classifier a"]
    assert await invoke(hosting, "b", TargetModel=RERANKER) == ["reranker b"]
    assert await invoke(hosting, "c", TargetModel=CLASSIFIER) == ["classifier c"]
    assert [model.folder.name for model in registry.models()] == ["reranker", "classifier"]


async def test_given_a_multi_model_endpoint_when_its_archives_are_loaded_beforehand_then_the_container_has_them(
    served: Any,
) -> None:
    hosting, registry = await multi_model(served)

    await hosting.preload()

    assert {model.folder.name for model in registry.models()} == {"classifier", "reranker"}


async def test_given_a_container_without_room_when_a_second_model_is_invoked_then_the_first_makes_room(
    served: Any, invoke: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosting, registry = await multi_model(served, replace(PLENTY, bound=1))
    monkeypatch.setattr(registry, "_resident", lambda: len(registry.models()))

    assert await invoke(hosting, "a", TargetModel=CLASSIFIER) == ["classifier a"]
    assert await invoke(hosting, "b", TargetModel=RERANKER) == ["reranker b"]
    assert [model.folder.name for model in registry.models()] == ["reranker"]


@pytest.mark.parametrize("target", [{}, {"TargetModel": "models/none.tar.gz"}])
async def test_given_a_multi_model_endpoint_when_the_target_is_missing_or_unknown_then_it_is_refused(
    served: Any, invoke: Any, target: dict[str, str]
) -> None:
    hosting, _ = await multi_model(served)

    with pytest.raises(ClientError) as caught:
        await invoke(hosting, "a", **target)

    assert caught.value.response["Error"]["Code"] == "ValidationError"


async def test_given_a_model_that_fits_nowhere_when_it_is_invoked_then_a_model_error_says_so(
    served: Any, invoke: Any
) -> None:
    hosting, _ = await multi_model(served, replace(PLENTY, bound=1))

    with pytest.raises(ClientError) as caught:
        await invoke(hosting, "a", TargetModel=CLASSIFIER)

    assert caught.value.response["Error"]["Code"] == "ModelError"
    assert caught.value.response["OriginalStatusCode"] == 507


async def test_given_a_container_of_both_models_when_one_is_named_then_it_answers_and_only_its_faults_show(
    served: Any, invoke: Any, board: FaultBoard
) -> None:
    app = create_app(serving(Named, "classifier", "reranker"))
    hosting = SingleContainer(await served(app), ("classifier", "reranker"))
    async with asyncio.timeout(10):
        while not app[STATE].warm:  # noqa: ASYNC110 - the server tells by /ping only
            await asyncio.sleep(0.01)
    board.switch_on(Fault(target="reranker", mode=Mode.ERROR))

    assert await invoke(hosting, "a", CustomAttributes="model=classifier") == ["classifier a"]
    with pytest.raises(ClientError) as caught:
        await invoke(hosting, "a", CustomAttributes="model=reranker")
    assert caught.value.response["Error"]["Code"] == "InternalFailure"
