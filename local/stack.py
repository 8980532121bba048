"""The composition root: the whole system on this machine, started and stopped as one."""

import asyncio
import socket
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from local.alarms.announcing import AlarmEvents
from local.api import ApiFront
from local.breaker_routes import breaker_routes
from local.clock.movable import MovableClock
from local.clock.stretched import StretchedClock
from local.cloud import Cloud, provision
from local.errors import StackError
from local.events import Events, Origin, Requests
from local.events.asynchronous import AsynchronousInvocations
from local.events.queues import MAPPING, QueueMapping, QueuePollers
from local.events.routes import event_routes
from local.identity import IdentityProvider
from local.ingest.load import Destination, fill_indices, fill_tables
from local.ingest.vectors import VectorCache
from local.integrations import SdkCalls
from local.integrations import check as check_call
from local.lambda_runtime.environment import Surroundings
from local.lambda_runtime.invoke_api import invoke_app
from local.machines import StateMachines
from local.metrics.meters import MeteredFunctions
from local.model_hosts import ModelHosts
from local.monitoring import Monitoring
from local.parts import (
    Names,
    Runtime,
    application,
    language_model,
    listen,
    listening,
    moto,
    names,
    runtime,
    served,
    together,
    url_of,
)
from local.progress import Progress
from local.routes import LocalRoutes
from local.settings import StackSettings, deployment_parameters
from local.standins.bedrock import bedrock_app
from local.standins.encoders import EncoderByScript, load_encoders
from local.standins.fault_routes import fault_routes
from local.standins.faults import FaultBoard
from local.standins.journal import CallJournal
from local.standins.opensearch.app import opensearch_app
from local.standins.sagemaker import sagemaker_app
from local.standins.titan import Vectors
from local.stepfunctions_api import StepFunctionsApi, stepfunctions_app
from local.template import Deployment
from local.template.identities import Place
from local.turn_logs import log_routes
from local.turn_routes import turn_routes


class Stack:
    """An async context manager. Whatever happens, leaving it ends every process and socket it opened."""

    def __init__(self, settings: StackSettings, progress: Progress | None = None) -> None:
        self.settings = settings
        self.faults = FaultBoard()
        self.identity = IdentityProvider()
        self._progress = progress or Progress()
        self._undo = AsyncExitStack()
        self.url: str
        self.clock = MovableClock()
        self.events: Events
        self.deployment: Deployment
        self.names: Names
        self.cloud: Cloud
        self.functions: Runtime
        self.monitoring: Monitoring
        self.measured: MeteredFunctions
        self.machines: StateMachines
        self.routes: LocalRoutes
        self._invocations: AsynchronousInvocations

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as undo:
            await self._start(undo)
            self._undo = undo.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._undo.aclose()

    async def _start(self, undo: AsyncExitStack) -> None:
        listener = undo.enter_context(listen(self.settings.port))
        states, functions = undo.enter_context(listen(0)), undo.enter_context(listen(0))
        self.url = url_of(listener)
        self.settings.logs.mkdir(parents=True, exist_ok=True)
        # A call held by a fault must not hold up the end.
        undo.callback(self.faults.switch_off)
        models = ModelHosts(self.settings)
        await undo.enter_async_context(models.running())
        calls = CallJournal(self.settings.logs / "calls.log")
        aws = await self._surround(undo, calls)
        self.monitoring = Monitoring(self.deployment, self.settings.logs, self.clock)
        inference = sagemaker_app(models.endpoints, self.faults)
        inference.middlewares.append(self.monitoring.inference())
        sagemaker = await undo.enter_async_context(served(calls.around("sagemaker", inference)))
        encoders = _LateEncoders()
        with self._progress.step(f"language model ready: {self.settings.llm}"):
            model = await undo.enter_async_context(language_model(self.settings, encoders))
        bedrock_models = bedrock_app(self.names.bedrock(), encoders, model, self.faults)
        bedrock = await undo.enter_async_context(served(calls.around("bedrock", bedrock_models)))
        endpoints = {
            **aws,
            "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": sagemaker,
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": bedrock,
            "AWS_ENDPOINT_URL_SFN": url_of(states),
            "AWS_ENDPOINT_URL_LAMBDA": url_of(functions),
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        }
        around = Surroundings(self.deployment.place.region, endpoints)
        self.functions = await undo.enter_async_context(runtime(self.settings, self.deployment.functions(), around))
        await together(
            self._load(aws["AWS_ENDPOINT_URL"], encoders),
            self._ready(models),
            self._warm_up(),
        )
        self.measured = self.monitoring.functions(self.functions)
        step_functions = await self._run_workflows(undo, states, endpoints)
        await self._serve_functions(undo, functions)
        await self._watch(undo)
        await self._open(undo, listener, endpoints, step_functions)

    async def _surround(self, undo: AsyncExitStack, calls: CallJournal) -> dict[str, str]:
        """Identity provider, search and moto; then the template can be read as deployed here."""
        self.identity.issuer = await undo.enter_async_context(served(self.identity.application()))
        search = await undo.enter_async_context(served(calls.around("opensearch", opensearch_app(self.faults))))
        place = Place()
        self.events = Events(self.clock, Origin(place.account, place.region))
        undo.push_async_callback(self.events.close)
        server = await undo.enter_async_context(moto(self.faults, self.events))
        overrides = deployment_parameters(
            issuer=self.identity.issuer, search_endpoint=search, others=self.settings.chosen
        )
        self.deployment = Deployment(self.settings.template, overrides, place)
        self.names = names(self.deployment)
        return {"AWS_ENDPOINT_URL": server.url}

    async def _load(self, moto_url: str, encoders: "_LateEncoders") -> None:
        """Deploy the template's resources and fill them with data/."""
        data, cache = self.settings.root / "data", self.settings.cache
        await together(self._deploy(moto_url, data), self._load_encoders(encoders))
        with self._progress.step("passages, replies and titles loaded"):
            vectors = VectorCache(cache, encoders.name, self._destination().dimensions)
            await asyncio.to_thread(fill_indices, data, self._destination(), encoders, vectors)

    async def _deploy(self, moto_url: str, data: Path) -> None:
        with self._progress.step("template deployed into moto"):
            self.cloud = await asyncio.to_thread(provision, self.deployment, moto_url)
        with self._progress.step("catalogue and customers loaded"):
            await asyncio.to_thread(fill_tables, data, self._destination())

    def _destination(self) -> Destination:
        return self.names.destination(self.cloud, self.deployment.place.region)

    async def _load_encoders(self, encoders: "_LateEncoders") -> None:
        with self._progress.step("sentence encoders loaded"):
            encoders.are(await asyncio.to_thread(load_encoders))

    async def _ready(self, models: ModelHosts) -> None:
        with self._progress.step(f"model servers ready: {', '.join(models.endpoints)}"):
            await models.ready()

    async def _warm_up(self) -> None:
        with self._progress.step("functions warmed up"):
            await self.functions.warm_up(self.deployment.functions_of_requests())

    async def _run_workflows(
        self, undo: AsyncExitStack, listener: socket.socket, endpoints: Mapping[str, str]
    ) -> StepFunctionsApi:
        """Step Functions, once the functions can be called."""
        calls = SdkCalls(self.cloud.clients.reaching(endpoints))
        specs = self.deployment.state_machines().values()
        self.machines = StateMachines(
            specs,
            self.measured,
            call=calls.call,
            check=check_call,
            clock=StretchedClock(self.settings.stretch),
            standard_clock=self.clock,
            ended=self.monitoring.ended,
        )
        undo.push_async_callback(self.machines.close)
        self._invocations = self.events.open(
            functions=self.measured,
            specs=self.deployment.functions().values(),
            machines=self.machines,
            request=undo.enter_context(Requests(self.cloud.clients)),
            call=calls.call,
        )
        undo.push_async_callback(self.events.close)
        mappings = map(QueueMapping.of, self.deployment.resources(MAPPING))
        await undo.enter_async_context(QueuePollers(mappings, self.measured, self.cloud.clients, self.events.journal))
        api = StepFunctionsApi(self.machines)
        await undo.enter_async_context(listening(stepfunctions_app(api), listener))
        return api

    async def _serve_functions(self, undo: AsyncExitStack, listener: socket.socket) -> None:
        """Lambda's Invoke, once asynchronous invocations have a queue."""
        app = invoke_app(self.measured, self.deployment.functions().values(), self._invocations.accept)
        await undo.enter_async_context(listening(app, listener))

    async def _watch(self, undo: AsyncExitStack) -> None:
        """The alarms, once what they act on is there."""
        events = AlarmEvents(self.events.published, self.events.origin)
        await self.monitoring.open(self.cloud.clients, self.measured, [events])
        await undo.enter_async_context(self.monitoring.watching())

    async def _open(
        self,
        undo: AsyncExitStack,
        listener: socket.socket,
        endpoints: Mapping[str, str],
        step_functions: StepFunctionsApi,
    ) -> None:
        """The API, once all it needs is there."""
        self.routes = LocalRoutes(
            counts=self.functions.counts,
            endpoints={**endpoints, "identity": self.identity.issuer},
        )
        (spec,) = self.deployment.apis().values()
        front = ApiFront(
            spec,
            self.deployment.place,
            functions=self.measured,
            step_functions=step_functions,
            logs=self.settings.logs,
            stretch=self.settings.stretch,
        )
        routes = [
            *self.routes.table(),
            *turn_routes(self.machines),
            *log_routes(self.settings.logs),
            *event_routes(self.events, self.clock, self._settled),
            *self.monitoring.routes(),
            *fault_routes(self.faults),
            *breaker_routes(self.cloud.clients, self.names.variables["BREAKERS_TABLE"]),
        ]
        handle = self.monitoring.api(front.handle, spec)
        await undo.enter_async_context(listening(application(front, handle, routes), listener))

    async def _settled(self) -> None:
        """Before the clock moves: what has happened is done, and measured at the time it had."""
        await self.events.work.settled()
        await self.machines.settled()
        await self.monitoring.settle()


class _LateEncoders:
    """Encoders that are still being loaded when the service in front of them starts."""

    def __init__(self) -> None:
        self._loaded: EncoderByScript | None = None

    def are(self, loaded: EncoderByScript) -> None:
        self._loaded = loaded

    @property
    def name(self) -> str:
        return self._ready().name

    def __call__(self, texts: Sequence[str], /) -> Vectors:
        return self._ready()(texts)

    def _ready(self) -> EncoderByScript:
        if self._loaded is None:
            raise StackError("the sentence encoders are still being loaded")
        return self._loaded
