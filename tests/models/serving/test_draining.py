"""The end: what was accepted is answered, what comes later is told to go elsewhere."""

import asyncio
from typing import Any

from aiohttp.test_utils import TestClient, TestServer

from models.serving.app import STATE, create_app
from tests.models.serving.fakes import Client, FakeServable, invoke, ready, serving, waiting


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
