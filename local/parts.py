"""The parts of a stack, each an async context manager or a plain start; `stack.py` puts them together."""

import asyncio
import socket
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web
from botocore.credentials import Credentials
from botocore.session import Session

from local.api import ApiFront
from local.api.front import PAYLOAD_LIMIT_BYTES
from local.cloud import Cloud, MotoServer
from local.errors import PortTakenError
from local.events import Events
from local.ingest import Destination
from local.lambda_runtime import InProcessRuntime, LambdaRuntime
from local.lambda_runtime.environment import Surroundings
from local.metrics.meters import Handler
from local.qwen.process import qwen_server
from local.qwen.speech import Qwen
from local.settings import StackSettings
from local.standins.bedrock import BedrockModels
from local.standins.composer import Composer
from local.standins.faults import FaultBoard
from local.standins.faulty_wsgi import FaultyWsgi
from local.standins.language_model import LanguageModel
from local.standins.nearness import Nearness
from local.standins.titan import Encode
from local.standins.transport import serve
from local.template import Deployment, FunctionSpec

LOOPBACK = "127.0.0.1"
Runtime = LambdaRuntime | InProcessRuntime


@dataclass(frozen=True)
class Names:
    """What the functions' environment calls the things around them."""

    variables: Mapping[str, str]

    def bedrock(self) -> BedrockModels:
        language = frozenset({self.variables["SONNET_MODEL_ID"], self.variables["HAIKU_MODEL_ID"]})
        return BedrockModels(
            embedding=self.variables["EMBEDDING_MODEL_ID"],
            language=language,
            guardrail=self.variables["GUARDRAIL_ID"],
        )

    def destination(self, cloud: Cloud, region: str) -> Destination:
        """Where data/ is loaded into."""
        session = Session()
        session.set_config_variable("region", region)
        session._credentials = Credentials("local", "local")  # botocore has no setter that skips the profile
        return Destination(
            dynamodb=cloud.clients.of("dynamodb"),
            catalogue_table=self.variables["CATALOGUE_TABLE"],
            customers_table=self.variables["CUSTOMERS_TABLE"],
            search_endpoint=self.variables["SEARCH_ENDPOINT"],
            aws=session,
            embedding_model=self.variables["EMBEDDING_MODEL_ID"],
            dimensions=int(self.variables["EMBEDDING_DIMENSIONS"]),
        )


def names(deployment: Deployment) -> Names:
    """The variables that every function has."""
    environments = [dict(spec.environment) for spec in deployment.functions().values()]
    shared = set.intersection(*(set(environment.items()) for environment in environments))
    return Names(dict(shared))


def listen(port: int) -> socket.socket:
    """The API's socket, bound before anything else is started; raises PortTakenError."""
    try:
        return socket.create_server((LOOPBACK, port))
    except OSError as error:
        raise PortTakenError(
            f"port {port} is taken: stop what listens there, or choose another with PORT=8081"
        ) from error


def url_of(listener: socket.socket) -> str:
    """Where a bound socket is reached."""
    return f"http://{LOOPBACK}:{listener.getsockname()[1]}"


@asynccontextmanager
async def served(application: web.Application) -> AsyncIterator[str]:
    """An application on a free loopback port: its URL."""
    running = await serve(application)
    try:
        yield running.url
    finally:
        await running.stop()


@asynccontextmanager
async def moto(board: FaultBoard, events: Events) -> AsyncIterator[MotoServer]:
    """moto, outside its lock what carries its events out, and outermost the board's faults."""
    server = MotoServer(wrap=lambda application: FaultyWsgi(events.front(application), board))
    with server, events.buckets():
        yield server


def runtime(settings: StackSettings, functions: Mapping[str, FunctionSpec], around: Surroundings) -> Runtime:
    """Lambda, as the settings want it."""
    longer = [replace(spec, timeout_s=spec.timeout_s * settings.stretch) for spec in functions.values()]
    if settings.handlers == "in_process":
        return InProcessRuntime(longer, around, logs=settings.logs)
    return LambdaRuntime(longer, around, logs=settings.logs, limits=settings.limits)


@asynccontextmanager
async def language_model(settings: StackSettings, encode: Encode) -> AsyncIterator[LanguageModel]:
    """What answers for Claude, as the settings want it; raises QwenError."""
    if settings.llm == "composer":
        yield Composer(Nearness(encode))
        return
    async with qwen_server(settings.root, settings.logs / "qwen.log") as url:
        yield Qwen(url)


def application(front: ApiFront, handle: Handler, local_routes: list[web.RouteDef]) -> web.Application:
    """The deployed API, whose requests `handle` answers, and beside it what is local; the deployed one wins."""
    app = web.Application(client_max_size=PAYLOAD_LIMIT_BYTES)
    app.add_routes([route for route in local_routes if not front.serves(route.path)])
    app.router.add_route("*", "/{path:.*}", handle)
    return app


@asynccontextmanager
async def listening(app: web.Application, listener: socket.socket) -> AsyncIterator[None]:
    """Serve on a socket that is bound already."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        yield
    finally:
        await runner.cleanup()


async def together(*work: Coroutine[Any, Any, Any]) -> None:
    """Run side by side; the first failure cancels the others and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for one in work:
                group.create_task(one)
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
