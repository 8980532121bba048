"""The server: SageMaker's contract, what it refuses and why, overload, warm-up and draining."""

import asyncio
import io
import json
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from pydantic import BaseModel

from models.artefacts import ClassifierManifest, read_manifest
from models.intent.classifier import Classifier
from models.rerank.build import build_reranker
from models.serving.app import STATE, create_app, servable_in
from models.serving.contracts import MAX_BODY_BYTES, MAX_INPUTS, MAX_TEXT, ClassifyRequest, RerankRequest
from models.serving.servable import Servable, ServedClassifier
from models.serving.server import serve
from models.serving.synthetic import classify_requests, rerank_requests

Client = TestClient[Any, Any]
ROOT = Path(__file__).resolve().parents[2]
WARM_UP_REQUESTS = 10


class Echo(BaseModel):
    """Response of the fake model."""

    items: list[str]


class FakeServable:
    """A model whose inference waits for `release`; items are the letters of the body."""

    name = "fake"
    version = "1"
    max_waiting = 4

    def __init__(self) -> None:
        self.release = threading.Event()
        self.release.set()
        self.started = threading.Event()
        self.inferred = 0

    def items(self, body: bytes) -> Sequence[str]:
        return list(body.decode())

    def infer(self, item: str) -> str:
        self.started.set()
        self.release.wait(timeout=10)
        self.inferred += 1
        if item == "!":
            raise RuntimeError("secret detail")
        return item

    def response(self, results: Sequence[str]) -> Echo:
        return Echo(items=list(results))

    def synthetic_requests(self) -> Sequence[bytes]:
        return [b"w"] * WARM_UP_REQUESTS


async def ready(client: Client) -> None:
    assert client.app is not None
    while (await client.get("/ping")).status != 200:
        assert not client.app[STATE].failed.is_set()
        await asyncio.sleep(0.01)


@pytest.fixture
async def start() -> AsyncIterator[Callable[[Callable[[], Servable]], Any]]:
    clients: list[Client] = []

    async def _start(load: Callable[[], Servable]) -> Client:
        client: Client = TestClient(TestServer(create_app(load, workers=1)))
        clients.append(client)
        await client.start_server()
        return client

    yield _start
    for client in clients:
        await client.close()


async def invoke(client: Client, body: object, content_type: str = "application/json") -> tuple[int, Any]:
    data = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
    answer = await client.post("/invocations", data=data, headers={"Content-Type": content_type})
    return answer.status, await answer.json()


class Unwarmed(ServedClassifier):
    """The classifier without its warm-up requests, which one test of the reranker's server covers."""

    def synthetic_requests(self) -> Sequence[bytes]:
        return ()


@pytest.fixture(scope="session")
def servable(classifier_dir: Path) -> Servable:
    manifest = read_manifest(classifier_dir)
    assert isinstance(manifest, ClassifierManifest)
    return Unwarmed(Classifier.load(classifier_dir, manifest), manifest.version)


@pytest.fixture
async def classifier(start: Any, servable: Servable) -> Client:
    client: Client = await start(lambda: servable)
    await ready(client)
    return client


async def test_given_messages_in_both_languages_when_classified_then_scores_sum_to_one(classifier: Client) -> None:
    status, body = await invoke(classifier, {"inputs": ["Where is my order?", "次の巻はいつ出ますか"]})
    assert status == 200
    assert [prediction["label"] for prediction in body["predictions"]] == ["order_tracking", "release_date"]
    for prediction in body["predictions"]:
        assert sum(prediction["scores"].values()) == pytest.approx(1)
        assert prediction["score"] == max(prediction["scores"].values())


async def test_given_passages_when_reranked_then_logits_come_in_their_order(start: Any, tmp_path: Path) -> None:
    build_reranker(tmp_path)
    client = await start(servable_in(tmp_path))
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
    assert (await invoke(classifier, b"text", "text/plain"))[0] == 415
    assert (await invoke(classifier, b" " * (MAX_BODY_BYTES + 1)))[0] == 413
    assert (await classifier.get("/invocations")).status == 405
    missing = await classifier.get("/nowhere")
    assert (missing.status, set(await missing.json())) == (404, {"error"})


async def test_given_a_model_that_is_warming_up_then_ping_is_unhealthy_until_ten_requests_went_through(
    start: Any,
) -> None:
    fake = FakeServable()
    fake.release.clear()
    client = await start(lambda: fake)
    assert (await client.get("/ping")).status == 503
    assert (await invoke(client, b"a"))[0] == 503
    fake.release.set()
    await ready(client)
    assert fake.inferred == WARM_UP_REQUESTS


async def test_given_a_full_queue_then_503_comes_at_once_and_ping_stays_answered(start: Any) -> None:
    fake = FakeServable()
    client = await start(lambda: fake)
    await ready(client)
    fake.release.clear()
    first = asyncio.create_task(invoke(client, b"abcd"))
    fake.started.clear()
    await asyncio.to_thread(fake.started.wait, 10)
    answer = await client.post("/invocations", data=b"e", headers={"Content-Type": "application/json"})
    assert answer.status == 503
    assert "Retry-After" in answer.headers
    assert (await client.get("/ping")).status == 200
    fake.release.set()
    assert await first == (200, {"items": ["a", "b", "c", "d"]})
    assert (await invoke(client, b"e"))[0] == 200


async def test_given_inference_that_fails_then_500_hides_the_reason_and_the_server_goes_on(start: Any) -> None:
    client = await start(FakeServable)
    await ready(client)
    status, body = await invoke(client, b"!")
    assert status == 500
    assert "secret" not in body["error"]
    assert (await invoke(client, b"a"))[0] == 200


async def test_given_work_in_hand_when_the_server_stops_then_it_is_answered_first() -> None:
    fake = FakeServable()
    server = TestServer(create_app(lambda: fake, workers=1))
    client: Client = TestClient(server)
    await client.start_server()
    await ready(client)
    fake.release.clear()
    fake.started.clear()
    pending = asyncio.create_task(invoke(client, b"a"))
    await asyncio.to_thread(fake.started.wait, 10)
    stopping = asyncio.create_task(server.close())
    asyncio.get_running_loop().call_later(0.05, fake.release.set)
    assert await pending == (200, {"items": ["a"]})
    await stopping
    await client.close()


async def test_given_a_folder_without_a_model_then_the_start_fails_instead_of_hanging(
    start: Any, tmp_path: Path
) -> None:
    client = await start(servable_in(tmp_path))
    await asyncio.wait_for(client.app[STATE].failed.wait(), timeout=10)
    assert (await client.get("/ping")).status == 503


@pytest.mark.parametrize("requests", [classify_requests, rerank_requests])
def test_given_the_synthetic_requests_then_there_are_ten_of_several_shapes(
    requests: Callable[[], list[ClassifyRequest | RerankRequest]],
) -> None:
    bodies = [request.model_dump_json() for request in requests()]
    assert len(bodies) == WARM_UP_REQUESTS
    assert len(set(map(len, bodies))) >= 5


def test_given_a_body_within_the_limits_then_the_largest_request_fits_the_queue() -> None:
    assert ServedClassifier.max_waiting >= MAX_INPUTS


def test_given_a_warm_server_when_it_gets_sigterm_then_it_ends_with_success(tmp_path: Path) -> None:
    build_reranker(tmp_path)
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
        assert "is warm after 10 requests" in server.stderr.readline()
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=30) == 0


def test_given_no_model_when_the_server_runs_then_it_ends_with_failure(tmp_path: Path) -> None:
    assert serve(tmp_path, host="127.0.0.1", port=0, workers=1) == 1
