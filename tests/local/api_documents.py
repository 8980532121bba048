"""Documents of API Gateway for tests, and a front that serves one with a clock that is set by hand."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from local.api import ApiFront
from local.api.front import PAYLOAD_LIMIT_BYTES
from local.clock import Timer
from local.template import ApiSpec
from local.template.identities import Place

Client = TestClient[web.Request, web.Application]
PREFIX = "x-amazon-apigateway-"
START_SYNC_EXECUTION = "arn:aws:apigateway:us-east-1:states:action/StartSyncExecution"


class HandClock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.at = 1_700_000_000.0

    def now(self) -> float:
        return self.at

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        raise AssertionError("nothing of the front waits on this clock")


class NoFunctions:
    """No authorizer is called."""

    async def invoke(self, function: str, payload: Any, *, trace_id: str | None = None) -> Any:
        raise AssertionError(f"{function} was called")


class NoStepFunctions:
    """No workflow is started."""

    actions = ("StartSyncExecution",)

    async def call(self, action: str, request: str | bytes) -> tuple[int, dict[str, Any]]:
        raise AssertionError(f"{action} was called")


def mock(response: str = '{"ok": true}', **more: Any) -> dict[str, Any]:
    """An operation that answers 200 with this response template; `more` are further fields of the operation."""
    return {
        f"{PREFIX}integration": {
            "type": "mock",
            "requestTemplates": {"application/json": '{"statusCode": 200}'},
            "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": response}}},
        },
        **more,
    }


def document(paths: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """An OpenAPI document of these paths."""
    return {"openapi": "3.0.1", "paths": paths, **more}


def spec(given: Mapping[str, Any], **properties: Any) -> ApiSpec:
    """An API of this document; `properties` are SAM's."""
    return ApiSpec("Api", "api", "dev", given, {}, properties)


def front(given: Mapping[str, Any], *, properties: Mapping[str, Any] | None = None, **parts: Any) -> ApiFront:
    """The front of a document. Parts that are not given are never called."""
    wanted = {"functions": NoFunctions(), "step_functions": NoStepFunctions(), "clock": HandClock(), **parts}
    return ApiFront(spec(given, **(properties or {})), Place(), **wanted)


@asynccontextmanager
async def serving(given: Mapping[str, Any], *, logs: Path | None = None, **parts: Any) -> AsyncIterator[Client]:
    """A client of the front of a document."""
    app = web.Application(client_max_size=PAYLOAD_LIMIT_BYTES)
    app.router.add_route("*", "/{path:.*}", front(given, logs=logs, **parts).handle)
    async with TestClient(TestServer(app)) as client:
        yield client
