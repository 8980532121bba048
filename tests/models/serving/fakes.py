"""A model under the tests' control, and how it is asked."""

import asyncio
import io
import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient
from pydantic import BaseModel

from models.serving.app import STATE, Serving
from models.serving.batching import Batching
from models.serving.registry import Policy
from models.serving.scheduler import Lane
from models.serving.servable import Servable

Client = TestClient[Any, Any]
WARM_UP_REQUESTS = 10
PLENTY = Policy(bound=2**40)
ONE_BY_ONE = Batching(max_batch=1, max_wait_ms=0, bucket_characters=8, max_waiting=4)


class Echo(BaseModel):
    """Response of the fake model."""

    items: list[str]


class FakeServable:
    """A model whose inference waits for `release`; items are the letters of the body, "!" fails every run it is in."""

    name = "fake"
    version = "1"

    def __init__(self, batching: Batching = ONE_BY_ONE) -> None:
        self.batching = batching
        self.release = threading.Event()
        self.release.set()
        self.started = threading.Event()
        self.runs: list[str] = []

    def items(self, body: bytes) -> Sequence[str]:
        return list(body.decode())

    def length(self, item: str) -> int:
        return 20 if item.isupper() else 1

    def infer(self, items: Sequence[str]) -> Sequence[str]:
        self.started.set()
        self.release.wait(timeout=10)
        self.runs.append("".join(items))
        if "!" in items:
            raise RuntimeError("secret detail")
        return items

    def response(self, results: Sequence[str]) -> Echo:
        return Echo(items=list(results))

    def synthetic_requests(self) -> Sequence[bytes]:
        return [b"w"] * WARM_UP_REQUESTS

    async def hold(self) -> None:
        """From now on runs wait for `release`."""
        self.release.clear()
        self.started.clear()

    async def busy(self) -> None:
        """Wait until a run has started."""
        assert await asyncio.to_thread(self.started.wait, 10)


def serving(
    load: Callable[[Path], Servable], *names: str, policy: Policy = PLENTY, multi_model: bool = False
) -> Serving:
    """One worker over the models that `load` gives for these names."""
    folders = {name: Path(name) for name in names or ("fake",)}
    return Serving(policy=policy, workers=1, folders={} if multi_model else folders, multi_model=multi_model, load=load)


async def ready(client: Client) -> None:
    assert client.app is not None
    while (await client.get("/ping")).status != 200:
        assert not client.app[STATE].failed.is_set()
        await asyncio.sleep(0.01)


async def waiting(lane: Lane, items: int) -> None:
    """Wait until this many items wait or are in work."""
    async with asyncio.timeout(10):
        while lane.unfinished < items:  # noqa: ASYNC110 - the lane tells nobody that something came
            await asyncio.sleep(0)


async def post(client: Client, path: str, body: object, **headers: str) -> tuple[int, Any]:
    """Status and JSON answer."""
    data = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
    answer = await client.post(path, data=data, headers={"Content-Type": "application/json", **headers})
    return answer.status, await answer.json()


async def invoke(client: Client, body: object, **headers: str) -> tuple[int, Any]:
    return await post(client, "/invocations", body, **headers)
