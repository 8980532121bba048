"""SageMaker's contract for containers whose models load at their first invocation."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models.errors import ArtefactError
from models.rerank.build import build_reranker
from models.serving import multi_model as contract
from models.serving.app import STATE
from models.serving.servable import load_servable
from tests.models.conftest import BUILT_ENCODERS
from tests.models.serving.fakes import PLENTY, WARM_UP_REQUESTS, Client, FakeServable, post, ready, serving


@pytest.fixture
async def fakes() -> dict[str, FakeServable]:
    """The models that can be loaded, by folder name."""
    return {"one": FakeServable(), "two": FakeServable()}


@pytest.fixture
async def client(start: Callable[..., Any], fakes: dict[str, FakeServable]) -> Client:
    def load(folder: Path) -> FakeServable:
        if folder.name not in fakes:
            raise ArtefactError(f"{folder} is no model directory")
        return fakes[folder.name]

    client: Client = await start(serving(load, multi_model=True))
    await ready(client)
    return client


async def load(client: Client, name: str, folder: str = "one") -> tuple[int, Any]:
    return await post(client, "/models", {"model_name": name, "url": f"/opt/ml/models/{name}/{folder}"})


async def test_given_no_model_yet_then_ping_is_healthy_since_models_load_at_their_first_invocation(
    client: Client,
) -> None:
    assert (await client.get("/ping")).status == 200
    assert await (await client.get("/models")).json() == {"models": []}


async def test_when_a_model_is_loaded_then_it_is_warm_listed_described_and_invoked(
    client: Client, fakes: dict[str, FakeServable]
) -> None:
    status, described = await load(client, "a1b2")
    warmed = len(fakes["one"].runs)
    listed = await (await client.get("/models")).json()
    answer = await post(client, "/models/a1b2/invoke", b"xy")

    assert (status, described) == (200, {"modelName": "a1b2", "modelUrl": "/opt/ml/models/a1b2/one"})
    assert warmed == WARM_UP_REQUESTS
    assert listed == {"models": [described]}
    assert await (await client.get("/models/a1b2")).json() == described
    assert answer == (200, {"items": ["x", "y"]})


async def test_given_a_loaded_model_when_it_is_loaded_again_then_409(client: Client) -> None:
    first, second = await asyncio.gather(load(client, "a1b2"), load(client, "a1b2"))

    assert sorted((first[0], second[0])) == [200, 409]


async def test_given_a_model_that_is_not_loaded_then_every_route_to_it_answers_404(client: Client) -> None:
    assert (await client.get("/models/none")).status == 404
    assert (await client.delete("/models/none")).status == 404
    assert (await post(client, "/models/none/invoke", b"x"))[0] == 404


async def test_when_a_model_is_unloaded_then_its_requests_are_finished_first_and_it_is_gone(
    client: Client, fakes: dict[str, FakeServable]
) -> None:
    await load(client, "a1b2")
    await fakes["one"].hold()
    pending = asyncio.create_task(post(client, "/models/a1b2/invoke", b"x"))
    await fakes["one"].busy()
    unloading = asyncio.create_task(client.delete("/models/a1b2"))
    while (await client.get("/models/a1b2")).status == 200:
        pass
    fakes["one"].release.set()

    assert await pending == (200, {"items": ["x"]})
    assert (await unloading).status == 200
    assert await (await client.get("/models")).json() == {"models": []}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"{", "model_name"),
        ({"model_name": "a"}, "url"),
        ({"model_name": "a", "url": "/nowhere"}, "no model directory"),
    ],
)
async def test_given_a_load_that_cannot_be_done_then_400_says_why(client: Client, body: object, why: str) -> None:
    status, answer = await post(client, "/models", body)

    assert status == 400
    assert why in answer["error"]


async def test_given_more_models_than_a_page_holds_then_the_token_leads_to_the_rest(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contract, "_PAGE", 2)
    for name in ("a", "b", "c"):
        await load(client, name)
    first = await (await client.get("/models")).json()
    rest = await (await client.get("/models", params={"next_page_token": first["nextPageToken"]})).json()

    assert [model["modelName"] for model in (*first["models"], *rest["models"])] == ["a", "b", "c"]
    assert "nextPageToken" not in rest
    assert (await client.get("/models", params={"next_page_token": "?"})).status == 400


async def test_given_a_full_container_when_one_more_is_loaded_then_507_and_the_others_stay(
    start: Any, fakes: dict[str, FakeServable]
) -> None:
    client = await start(serving(lambda folder: fakes[folder.name], multi_model=True, policy=replace(PLENTY, bound=1)))
    await ready(client)

    status, answer = await load(client, "a1b2")

    assert status == 507
    assert "MODEL_MEMORY_MB" in answer["error"]
    assert client.app[STATE].registry.models() == ()


async def test_given_a_real_model_when_it_is_loaded_by_its_folder_then_it_answers(start: Any, tmp_path: Path) -> None:
    build_reranker(tmp_path, BUILT_ENCODERS)
    client = await start(serving(load_servable, multi_model=True))
    await ready(client)

    loaded = await post(client, "/models", {"model_name": "hash", "url": str(tmp_path)})
    status, body = await post(client, "/models/hash/invoke", {"query": "Where is it?", "passages": ["Here.", "No."]})

    assert loaded[0] == 200
    assert (status, len(body["scores"])) == (200, 2)
