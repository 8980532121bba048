"""SageMaker's contract for one model: what is answered, what is refused and why, warm-up and the process's end."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.errors import ArtefactError
from models.rerank.build import build_reranker
from models.serving.app import STATE
from models.serving.batching import batching_of
from models.serving.contracts import (
    MAX_BODY_BYTES,
    MAX_INPUTS,
    MAX_PASSAGES,
    MAX_TEXT,
    ClassifyRequest,
    RerankRequest,
)
from models.serving.servable import load_servable
from models.serving.server import serve
from models.serving.synthetic import classify_requests, rerank_requests
from tests.models.conftest import BUILT_ENCODERS
from tests.models.serving.fakes import WARM_UP_REQUESTS, Client, FakeServable, invoke, ready, serving

ROOT = Path(__file__).resolve().parents[3]


async def test_given_messages_in_both_languages_when_classified_then_scores_sum_to_one(classifier: Client) -> None:
    status, body = await invoke(classifier, {"inputs": ["Where is my order?", "次の巻はいつ出ますか"]})
    assert status == 200
    assert [prediction["label"] for prediction in body["predictions"]] == ["order_tracking", "release_date"]
    for prediction in body["predictions"]:
        assert sum(prediction["scores"].values()) == pytest.approx(1)
        assert prediction["score"] == max(prediction["scores"].values())


async def test_given_passages_when_reranked_then_logits_come_in_their_order(start: Any, tmp_path: Path) -> None:
    build_reranker(tmp_path, BUILT_ENCODERS)
    client = await start(serving(lambda _: load_servable(tmp_path)))
    await ready(client)
    passages = ["A pirate sails the seas.", "Books can be returned within thirty days."]
    status, body = await invoke(client, {"query": "Can I return a book?", "passages": passages})
    assert status == 200
    assert body["scores"][1] > body["scores"][0]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"{", "JSON"),
        (b"\xff\xfe", "JSON"),
        ([], "object"),
        ({}, "inputs"),
        ({"inputs": []}, "at least 1"),
        ({"inputs": "text"}, "array"),
        ({"inputs": [7]}, "string"),
        ({"inputs": [" \n"]}, "blank"),
        ({"inputs": ["a" * (MAX_TEXT + 1)]}, str(MAX_TEXT)),
        ({"inputs": ["a"] * (MAX_INPUTS + 1)}, str(MAX_INPUTS)),
        ({"inputs": ["a"], "model": "x"}, "model"),
        (b'{"inputs": ["\\ud800"]}', "JSON"),
    ],
)
async def test_given_input_that_is_no_request_then_400_says_why(classifier: Client, body: object, why: str) -> None:
    status, answer = await invoke(classifier, body)
    assert status == 400
    assert why in answer["error"]


async def test_given_other_faults_of_the_caller_then_each_has_its_status(classifier: Client) -> None:
    assert (await invoke(classifier, b"text", **{"Content-Type": "text/plain"}))[0] == 415
    assert (await invoke(classifier, b" " * (MAX_BODY_BYTES + 1)))[0] == 413
    assert (await classifier.get("/invocations")).status == 405
    missing = await classifier.get("/nowhere")
    assert (missing.status, set(await missing.json())) == (404, {"error"})


async def test_given_a_model_that_is_warming_up_then_ping_is_unhealthy_until_ten_requests_went_through(
    start: Any,
) -> None:
    fake = FakeServable()
    fake.release.clear()
    client = await start(serving(lambda _: fake))
    assert (await client.get("/ping")).status == 503
    assert (await invoke(client, b"a"))[0] == 503
    fake.release.set()
    await ready(client)
    assert len(fake.runs) == WARM_UP_REQUESTS


async def test_given_a_folder_without_a_model_then_the_start_fails_instead_of_hanging(
    start: Any, tmp_path: Path
) -> None:
    client = await start(serving(lambda _: load_servable(tmp_path)))
    await asyncio.wait_for(client.app[STATE].failed.wait(), timeout=10)
    assert (await client.get("/ping")).status == 503


@pytest.mark.parametrize("requests", [classify_requests, rerank_requests])
def test_given_the_synthetic_requests_then_there_are_ten_of_several_shapes(
    requests: Callable[[], list[ClassifyRequest | RerankRequest]],
) -> None:
    bodies = [request.model_dump_json() for request in requests()]
    assert len(bodies) == WARM_UP_REQUESTS
    assert len(set(map(len, bodies))) >= 5


@pytest.mark.parametrize(("kind", "items"), [("classifier", MAX_INPUTS), ("reranker", MAX_PASSAGES)])
def test_given_a_body_within_the_limits_then_the_largest_request_fits_the_queue(kind: str, items: int) -> None:
    assert batching_of(kind).max_waiting >= items


def test_given_a_warm_server_when_it_gets_sigterm_then_it_ends_with_success(tmp_path: Path) -> None:
    build_reranker(tmp_path, BUILT_ENCODERS)
    command = [
        sys.executable,
        "-m",
        "models",
        "serve",
        "--model-dir",
        str(tmp_path),
        "--host",
        "127.0.0.1",
        "--port",
        "0",
    ]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        try:
            assert f"is warm after {WARM_UP_REQUESTS} requests" in server.stderr.readline()
            server.send_signal(signal.SIGTERM)
            assert server.wait(timeout=30) == 0
        finally:
            server.kill()


def test_given_no_model_when_the_server_runs_then_it_ends_with_failure() -> None:
    def load(folder: Path) -> Any:
        raise ArtefactError(f"{folder} is no model directory")

    assert serve(serving(load), host="127.0.0.1", port=0) == 1
