"""CloudWatch of a stack: what its parts are measured by, its alarms, and what they act on."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Middleware

from local.alarms import ActionFailedError, Actions, Alarm, AlarmWatch, Autoscaler, StepScalingPolicy, refuse_composites
from local.alarms.actions import SNS, Functions, service
from local.alarms.aws import AlarmStates, EndpointFleet, SnsTopics, queue_depths
from local.alarms.shown import alarms_json, metrics_json
from local.alarms.watch import Audience
from local.clock import Clock
from local.cloud.clients import Clients
from local.executions import Execution
from local.metrics import FunctionLogs, MetricStore, services
from local.metrics.meters import Functions as Unmeasured
from local.metrics.meters import Handler, Instances, MeteredFunctions, metered_api, metered_execution, metered_inference
from local.metrics.store import RETENTION_S
from local.template import ApiSpec, Deployment

SQS = "AWS/SQS"
_UNKNOWN_VARIANT = "primary"
_LOG = logging.getLogger(__name__)


class Monitoring:
    """Made before the parts it measures; the alarms are watched once moto holds the template's resources."""

    def __init__(self, deployment: Deployment, logs: Path, clock: Clock) -> None:
        self._deployment, self._clock = deployment, clock
        self._specs = list(deployment.functions().values())
        self._logs = FunctionLogs({f"/aws/lambda/{spec.name}": logs / f"{spec.name}.log" for spec in self._specs})
        self._reading = asyncio.Lock()
        place = deployment.place
        refuse_composites(deployment.resources("AWS::CloudWatch::CompositeAlarm"))
        resources = deployment.resources("AWS::CloudWatch::Alarm")
        self.alarms = [Alarm(resource, place.account, place.region) for resource in resources]
        self._policies = list(
            map(StepScalingPolicy, deployment.resources("AWS::ApplicationAutoScaling::ScalingPolicy"))
        )
        self.store = MetricStore(max([RETENTION_S, *(alarm.seconds for alarm in self.alarms)]))
        self._fleet: Instances | None = None
        self.autoscaler: Autoscaler
        self.watch: AlarmWatch

    def functions(self, functions: Unmeasured) -> MeteredFunctions:
        """The functions, measured."""
        return MeteredFunctions(functions, self._specs, self.store.put, self._clock)

    def api(self, handler: Handler, api: ApiSpec) -> Handler:
        """The handler of all requests to an API, measured."""
        return metered_api(handler, api, self.store.put, self._clock)

    def inference(self) -> Middleware:
        """A middleware for SageMaker's stand-in."""
        return metered_inference(self, self.store.put, self._clock)

    def ended(self, execution: Execution) -> None:
        """Measure an execution that has ended."""
        if execution.record.ended is not None:
            self.store.put(metered_execution(execution.machine, execution.record, self._clock.now()))

    def serving(self, endpoint: str) -> tuple[str, int]:
        """The variant that serves an endpoint, and how many instances it has."""
        return self._fleet.serving(endpoint) if self._fleet else (_UNKNOWN_VARIANT, 1)

    async def open(self, clients: Clients, functions: Functions, audiences: Sequence[Audience] = ()) -> None:
        """Watch the alarms from now on, in the resources that moto holds; others hear of every transition too."""
        self._clients, self._fleet = clients, (fleet := await asyncio.to_thread(EndpointFleet, clients))
        targets = self._deployment.resources("AWS::ApplicationAutoScaling::ScalableTarget")
        self.autoscaler = Autoscaler(targets, self._policies, fleet)
        topics = await asyncio.to_thread(SnsTopics, clients)
        self.watch = AlarmWatch(
            self.alarms,
            self.store,
            Actions(topics, functions, self.autoscaler),
            [await asyncio.to_thread(AlarmStates, clients), *audiences],
            clock=self._clock,
            gather=self._gather,
        )
        await topics.create({arn for alarm in self.alarms for arn in alarm.every_action if service(arn) == SNS})
        await self.autoscaler.keep_within_bounds(self._clock.now())

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Evaluate the alarms every minute while this is entered."""
        task = asyncio.create_task(self.watch.run(), name="alarms")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def read_logs(self) -> None:
        """Put into the store what the functions have printed since the last reading."""
        async with self._reading:
            now = self._clock.now()
            samples = await asyncio.to_thread(self._logs.read, now)
            # Functions have the machine's time, also where this clock was moved.
            ahead = now - time.time()
            self.store.put(sample._replace(timestamp=sample.timestamp + ahead) for sample in samples)

    async def settle(self) -> None:
        """Before the clock moves: what was printed is measured at its time, and bounds that were changed have moved."""
        await self.read_logs()
        await _tolerantly(self.autoscaler.keep_within_bounds, self._clock.now())

    def routes(self) -> list[web.RouteDef]:
        """What the local API shows of it."""

        async def alarms(_: web.Request) -> web.Response:
            return web.json_response(alarms_json(self.watch, self.autoscaler))

        async def metrics(request: web.Request) -> web.Response:
            await self.read_logs()
            return web.json_response(metrics_json(self.store, request.query.get("namespace")))

        return [
            web.get("/alarms", alarms, allow_head=False),
            web.get("/metrics", metrics, allow_head=False),
        ]

    async def _gather(self, at: float) -> None:
        await self.read_logs()
        await _tolerantly(self._measure_queues, at)
        await _tolerantly(self.autoscaler.keep_within_bounds, at)

    async def _measure_queues(self, at: float) -> None:
        """The depths belong to the minute that has just ended."""
        watched = [dict(alarm.metric.dimensions) for alarm in self.alarms if alarm.metric.namespace == SQS]
        queues = {dimensions["QueueName"] for dimensions in watched}
        for queue, depth in (await queue_depths(self._clients, queues)).items():
            self.store.put(services.of_queue(queue, at=at - 1, visible=depth.visible, not_visible=depth.not_visible))


async def _tolerantly(part: Callable[[float], Awaitable[None]], at: float) -> None:
    """What cannot be had is missing data; the alarms are evaluated all the same."""
    try:
        await part(at)
    except ActionFailedError as error:
        _LOG.warning("before the alarms are evaluated: %s", error)
