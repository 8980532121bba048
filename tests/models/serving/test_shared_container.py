"""One container that holds several models: a request names one in its custom attributes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.artefacts import models_in
from models.errors import ArtefactError
from models.rerank.build import build_reranker
from models.serving.app import CUSTOM_ATTRIBUTES
from tests.models.conftest import BUILT_ENCODERS
from tests.models.serving.fakes import Client, FakeServable, invoke, ready, serving


@pytest.fixture
async def client(start: Callable[..., Any]) -> Client:
    client: Client = await start(serving(lambda _: FakeServable(), "classifier", "reranker"))
    await ready(client)
    return client


async def test_given_two_models_then_ping_is_healthy_once_both_are_warm_and_names_them(client: Client) -> None:
    assert await (await client.get("/ping")).json() == {"classifier": "1", "reranker": "1"}


@pytest.mark.parametrize("attributes", ["model=reranker", "trace=t1; model=reranker"])
async def test_given_a_model_in_the_custom_attributes_then_it_answers(client: Client, attributes: str) -> None:
    assert await invoke(client, b"a", **{CUSTOM_ATTRIBUTES: attributes}) == (200, {"items": ["a"]})


async def test_given_no_model_or_an_unknown_one_in_the_attributes_then_the_error_names_those_there_are(
    client: Client,
) -> None:
    unnamed, unknown = await invoke(client, b"a"), await invoke(client, b"a", **{CUSTOM_ATTRIBUTES: "model=x"})

    assert (unnamed[0], unknown[0]) == (400, 404)
    for _, body in (unnamed, unknown):
        assert "classifier, reranker" in body["error"]


def test_given_an_archive_then_its_models_are_its_subfolders_or_itself(tmp_path: Path) -> None:
    for name in ("one", "two"):
        build_reranker(tmp_path / name, BUILT_ENCODERS)

    assert models_in(tmp_path) == {"one": tmp_path / "one", "two": tmp_path / "two"}
    assert models_in(tmp_path / "one") == {"reranker": tmp_path / "one"}
    with pytest.raises(ArtefactError):
        models_in(tmp_path / "none")
