"""Stand-ins served for one test, and unchanged boto3 clients that reach them."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import boto3
import pytest
from aiohttp import web
from botocore.config import Config

from local.standins.bedrock import BedrockModels, bedrock_app
from local.standins.composer import Composer
from local.standins.faults import FaultBoard
from local.standins.nearness import Nearness
from local.standins.transport import Running, serve
from tests.local.standins.fakes import EMBEDDING, GUARDRAIL, SONNET, letters


@pytest.fixture
def board() -> FaultBoard:
    return FaultBoard()


@pytest.fixture
async def served() -> AsyncIterator[Callable[[web.Application], Any]]:
    """Serve an application until the test ends; gives its URL."""
    running: list[Running] = []

    async def start(app: web.Application) -> str:
        running.append(await serve(app))
        return running[-1].url

    yield start
    for one in running:
        await one.stop()


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """A boto3 client of a service, its endpoint given by the environment only, without retries."""

    def make(service: str, url: str, read_timeout_s: float = 5) -> Any:
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service.replace('-', '_').upper()}", url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
        config = Config(read_timeout=read_timeout_s, connect_timeout=2, retries={"total_max_attempts": 1})
        return boto3.client(service, region_name="us-east-1", config=config)

    return make


@pytest.fixture
async def bedrock(served: Callable[[web.Application], Any], client: Callable[..., Any], board: FaultBoard) -> Any:
    models = BedrockModels(embedding=EMBEDDING, language=frozenset({SONNET}), guardrail=GUARDRAIL)
    return client("bedrock-runtime", await served(bedrock_app(models, letters, Composer(Nearness(letters)), board)))
