"""The deployed workflow with the deployed handlers, in this process: real models, moto and the stand-ins behind it."""

import importlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from local.settings import StackSettings
from local.stack import Stack
from local.standins.fault_catalogue import Mode
from local.standins.faults import Fault

# Everything runs in one process here, so a turn gets more time than a customer would give it; budgets grow with it.
PATIENCE = {"TurnDeadlineMs": "15000"}


@dataclass(frozen=True)
class Answer:
    """What the API answered, and the workflow's states on the way."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]
    states: list[dict[str, Any]]

    @property
    def tasks(self) -> list[str]:
        return [state["name"] for state in self.states if state["type"] == "Task"]

    @property
    def route(self) -> str:
        return str(self.body["route"])

    @property
    def degraded(self) -> set[str]:
        return set(self.body["degraded"])


class Client:
    """Talks to a running stack as a front end does."""

    def __init__(self, stack: Stack, http: aiohttp.ClientSession) -> None:
        self._stack = stack
        self._http = http

    def break_down(self, target: str, mode: str, *matching: str, delay_ms: int = 30_000) -> None:
        """Make a dependency fail until the test ends."""
        self._stack.faults.switch_on(Fault(target=target, mode=Mode(mode), delay_ms=delay_ms, matching=matching))

    async def say(self, message: str, *, customer: str | None = None, token: str | None = None, **body: Any) -> Answer:
        return await self.post({"message": message, **body}, customer=customer, token=token)

    async def post(self, body: Any, *, customer: str | None = None, token: str | None = None) -> Answer:
        headers = {}
        if customer:
            headers["Authorization"] = f"Bearer {self._stack.identity.token(customer)}"
        if token:
            headers["X-Session-Token"] = token
        kind = {"data": body} if isinstance(body, str) else {"json": body}
        headers["Content-Type"] = "application/json"
        async with self._http.post(f"{self._stack.url}/chat", headers=headers, **kind) as response:
            answer = await response.json()
            return Answer(response.status, answer, dict(response.headers), await self._states(answer))

    async def events(self) -> list[dict[str, Any]]:
        async with self._http.get(f"{self._stack.url}/events") as response:
            return list((await response.json())["events"])

    async def _states(self, answer: dict[str, Any]) -> list[dict[str, Any]]:
        async with self._http.get(f"{self._stack.url}/turns/{answer.get('trace_id')}") as response:
            return list((await response.json()).get("events", []))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    logs = tmp_path_factory.mktemp("logs")
    settings = StackSettings(root=Path.cwd(), port=0, handlers="in_process", parameters=PATIENCE, log_folder=logs)
    async with Stack(settings) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def client(stack: Stack) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as http:
        yield Client(stack, http)
    stack.faults.switch_off()


@pytest.fixture(autouse=True)
def _no_leftovers(request: pytest.FixtureRequest) -> None:
    """Every test starts with nothing broken, and with nothing that a broken model left behind."""
    if "stack" in request.fixturenames:
        stack = request.getfixturevalue("stack")
        stack.faults.switch_off()
        forget_breakers(stack)


def forget_breakers(stack: Stack) -> None:
    """Close all circuit breakers. The handlers run in this process, under modules of their own."""
    dynamodb, table = stack.cloud.clients.of("dynamodb"), stack.names.variables["BREAKERS_TABLE"]
    for item in dynamodb.scan(TableName=table)["Items"]:
        dynamodb.delete_item(TableName=table, Key={"model": item["model"]})
    importlib.import_module("mangaassist.aws.breakers").breaker_of.cache_clear()
