"""SageMaker's container contract: GET /ping and POST /invocations, for one model or for several in one container."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from models.errors import InvalidRequestError
from models.serving import multi_model
from models.serving.contracts import MAX_BODY_BYTES
from models.serving.http import errors_as_json, failure, json_body
from models.serving.registry import Load, Policy, Registry
from models.serving.scheduler import Scheduler
from models.serving.servable import load_servable

_LOG = logging.getLogger(__name__)
CUSTOM_ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"
_SELECTOR = "model="


@dataclass
class State:
    """What the handlers share. `warm` once every model of the start is; `failed` where one never will be."""

    registry: Registry
    warm: bool = False
    draining: bool = False
    failed: asyncio.Event = field(default_factory=asyncio.Event)


STATE = web.AppKey("state", State)


@dataclass(frozen=True, kw_only=True)
class Serving:
    """What a server serves. `folders` are loaded at the start; `multi_model` adds the routes that load more."""

    policy: Policy
    workers: int
    folders: Mapping[str, Path] = field(default_factory=dict)
    multi_model: bool = False
    load: Load = load_servable


def create_app(serving: Serving) -> web.Application:
    """The application; its models load and warm in the background while /ping answers 503."""
    app = web.Application(middlewares=[errors_as_json], client_max_size=MAX_BODY_BYTES)
    scheduler = Scheduler(serving.workers)
    registry = Registry(scheduler, serving.load, serving.policy)
    app[STATE] = State(registry)
    app.router.add_get("/ping", _ping)
    app.add_routes(multi_model.routes(registry) if serving.multi_model else [web.post("/invocations", _invocations)])

    async def _lifetime(app: web.Application) -> AsyncIterator[None]:
        starting = asyncio.create_task(_start(app[STATE], serving.folders))
        yield
        starting.cancel()
        await asyncio.to_thread(scheduler.close)

    app.cleanup_ctx.append(_lifetime)
    app.on_shutdown.append(_drain)
    return app


async def _start(state: State, folders: Mapping[str, Path]) -> None:
    try:
        for name, folder in folders.items():
            await state.registry.load(name, folder)
    except Exception:
        _LOG.exception("the models cannot be served")
        state.failed.set()
        return
    state.warm = True


async def _drain(app: web.Application) -> None:
    app[STATE].draining = True


async def _ping(request: web.Request) -> web.Response:
    state = request.app[STATE]
    if not state.warm or state.draining:
        return failure(503, "not ready: the models are loading, warming up or shutting down")
    return web.json_response({model.name: model.servable.version for model in state.registry.models()})


async def _invocations(request: web.Request) -> web.Response:
    state = request.app[STATE]
    if not state.warm:
        return failure(503, "the models are still warming up; /ping answers 200 when they are ready")
    body = await json_body(request)
    name = _selected(request.headers.get(CUSTOM_ATTRIBUTES, ""), state.registry)
    return web.Response(body=await state.registry.answer(name, body), content_type="application/json")


def _selected(attributes: str, registry: Registry) -> str:
    """The model that the custom attributes name among others, or the only one."""
    named = [
        part.strip().removeprefix(_SELECTOR) for part in attributes.split(";") if part.strip().startswith(_SELECTOR)
    ]
    if named:
        return named[0]
    names = [model.name for model in registry.models()]
    if len(names) == 1:
        return names[0]
    raise InvalidRequestError(
        f"this container serves {', '.join(names)}: name one in {CUSTOM_ATTRIBUTES}, as in {_SELECTOR}{names[0]}"
    )
