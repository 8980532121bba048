"""SageMaker's container contract: GET /ping and POST /invocations."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from models.errors import InvalidRequestError
from models.serving.contracts import MAX_BODY_BYTES, ErrorResponse
from models.serving.engine import Engine, OverloadedError
from models.serving.servable import Servable, load_servable

_LOG = logging.getLogger(__name__)
_RETRY_AFTER_SECONDS = "1"
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class State:
    """What the handlers share; `engine` is set once the model is warm, `failed` where it never will be."""

    engine: Engine | None = None
    draining: bool = False
    failed: asyncio.Event = field(default_factory=asyncio.Event)


STATE = web.AppKey("state", State)


def create_app(load: Callable[[], Servable], *, workers: int) -> web.Application:
    """The application; the model loads and warms in the background while /ping answers 503."""
    app = web.Application(middlewares=[_errors_as_json], client_max_size=MAX_BODY_BYTES)
    app[STATE] = State()
    app.router.add_get("/ping", _ping)
    app.router.add_post("/invocations", _invocations)

    async def _lifetime(app: web.Application) -> AsyncIterator[None]:
        starting = asyncio.create_task(_start(app[STATE], load, workers))
        yield
        starting.cancel()
        if (engine := app[STATE].engine) is not None:
            await asyncio.to_thread(engine.close)

    app.cleanup_ctx.append(_lifetime)
    app.on_shutdown.append(_drain)
    return app


def servable_in(folder: Path) -> Callable[[], Servable]:
    """A loader for the model in a directory."""
    return lambda: load_servable(folder)


async def _start(state: State, load: Callable[[], Servable], workers: int) -> None:
    try:
        servable = await asyncio.to_thread(load)
        engine = Engine(servable, workers=workers)
        warmed = await engine.warm_up()
    except Exception:
        _LOG.exception("the model cannot be served")
        state.failed.set()
        return
    state.engine = engine
    _LOG.info("%s %s is warm after %d requests", servable.name, servable.version, warmed)


async def _drain(app: web.Application) -> None:
    app[STATE].draining = True


async def _ping(request: web.Request) -> web.Response:
    state = request.app[STATE]
    if state.engine is None or state.draining:
        return _error(503, "not ready: the model is loading, warming up or shutting down")
    servable = state.engine.servable
    return web.json_response({"model": servable.name, "version": servable.version})


async def _invocations(request: web.Request) -> web.Response:
    engine = request.app[STATE].engine
    if engine is None:
        return _error(503, "the model is still warming up; /ping answers 200 when it is ready")
    if request.content_type != "application/json":
        return _error(415, f"content type is {request.content_type!r}; send application/json")
    body = await request.read()
    return web.Response(body=await engine.answer(body), content_type="application/json")


@web.middleware
async def _errors_as_json(request: web.Request, handler: _Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except InvalidRequestError as error:
        return _error(400, str(error))
    except OverloadedError as error:
        return _error(503, str(error), {"Retry-After": _RETRY_AFTER_SECONDS})
    except web.HTTPRequestEntityTooLarge:
        return _error(413, f"the body is larger than {MAX_BODY_BYTES} bytes; send fewer or shorter texts")
    except web.HTTPException as error:
        return _error(error.status, f"{request.method} {request.path}: {error.reason}")
    except Exception:
        _LOG.exception("inference failed")
        return _error(500, "inference failed; the container's log says why")


def _error(status: int, text: str, headers: dict[str, str] | None = None) -> web.Response:
    body = json.dumps(ErrorResponse(error=text).model_dump(), ensure_ascii=False)
    return web.Response(status=status, text=body, content_type="application/json", headers=headers)
