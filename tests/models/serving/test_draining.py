"""The end: what was accepted is answered, what comes later is told to go elsewhere."""

import asyncio
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.test_utils import TestClient, TestServer

from models.rerank.build import build_reranker
from models.serving.app import STATE, create_app
from tests.models.conftest import BUILT_ENCODERS
from tests.models.serving.fakes import Client, FakeServable, invoke, ready, serving, waiting

ROOT = Path(__file__).resolve().parents[3]


async def test_given_a_full_queue_when_the_server_stops_then_every_accepted_request_is_answered() -> None:
    fake = FakeServable()
    server = TestServer(create_app(serving(lambda _: fake)))
    client: Client = TestClient(server)
    await client.start_server()
    await ready(client)
    await fake.hold()
    pending = [asyncio.create_task(invoke(client, letter)) for letter in (b"a", b"b", b"c", b"d")]
    await fake.busy()
    await waiting(server.app[STATE].registry.get("fake").lane, 4)
    refused = await invoke(client, b"e")
    stopping = asyncio.create_task(server.close())
    asyncio.get_running_loop().call_later(0.05, fake.release.set)

    answers = await asyncio.gather(*pending)
    await stopping
    await client.close()

    assert refused[0] == 503
    assert answers == [(200, {"items": [letter]}) for letter in "abcd"]


async def test_given_a_server_that_stops_then_its_ping_is_unhealthy_at_once(start: Any) -> None:
    client = await start(serving(lambda _: FakeServable()))
    await ready(client)

    await client.app.shutdown()

    assert (await client.get("/ping")).status == 503


async def test_given_a_process_under_load_when_it_gets_sigterm_then_what_it_took_is_answered_and_it_ends_with_success(
    tmp_path: Path,
) -> None:
    build_reranker(tmp_path, BUILT_ENCODERS)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    options = ("--model-dir", str(tmp_path), "--host", "127.0.0.1", "--port", str(port), "--workers", "1")
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "models", "serve", *options), cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    assert server.stderr is not None
    assert b"is warm after" in await server.stderr.readline()
    body = {"query": "Can I return a book?", "passages": ["Books can be returned within thirty days."] * 10}
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
        pending = [asyncio.create_task(client.post("/invocations", json=body)) for _ in range(4)]
        first, _ = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        server.send_signal(signal.SIGTERM)
        answers = await asyncio.gather(*pending)
        scores = [(await answer.json())["scores"] for answer in answers]

    assert first
    assert [answer.status for answer in answers] == [200] * 4
    assert [len(one) for one in scores] == [10] * 4
    assert await server.wait() == 0
