"""Put around the local parts: each does what it did, and is measured as the service it stands for. They do not know."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Protocol

from aiohttp import web
from aiohttp.typedefs import Middleware

from local.clock import Clock
from local.lambda_runtime import FunctionFailedError
from local.metrics import services
from local.metrics.samples import Sample
from local.stepfunctions import ExecutionRecord
from local.template import ApiSpec, FunctionSpec

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Put = Callable[[Iterable[Sample]], None]


class Functions(Protocol):
    """Invokes a function by name or ARN; raises FunctionFailedError. Adds what it knows of the call to `report`."""

    async def invoke(
        self, function: str, payload: Any, *, trace_id: str | None = None, report: dict[str, Any] | None = None
    ) -> Any: ...


class Instances(Protocol):
    """The variant that serves an endpoint, and how many instances it has."""

    def serving(self, endpoint: str) -> tuple[str, int]: ...


class MeteredFunctions:
    """Functions whose invocations are measured. An invocation whose caller gives up is not.

    The time that an invocation waited for a worker is not part of its duration.
    """

    def __init__(self, functions: Functions, specs: Iterable[FunctionSpec], put: Put, clock: Clock) -> None:
        self._functions = functions
        self._names = _names(specs)
        self._running: dict[str, int] = {}
        self._put = put
        self._clock = clock

    async def invoke(
        self, function: str, payload: Any, *, trace_id: str | None = None, report: dict[str, Any] | None = None
    ) -> Any:
        name, qualifier = self._names.get(function, (function, None))
        report = {} if report is None else report
        started = self._clock.now()
        self._running[name] = running = self._running.get(name, 0) + 1

        def ended(error: str | None) -> None:
            ms = (self._clock.now() - started) * 1000 - report.get("waited_ms", 0)
            self._put(services.of_invocation(name, qualifier, at=started, error=error, ms=ms, running=running))

        try:
            answer = await self._functions.invoke(function, payload, trace_id=trace_id, report=report)
        except FunctionFailedError as failure:
            ended(failure.error)
            raise
        finally:
            self._running[name] -= 1
        ended(None)
        return answer


def metered_api(handler: Handler, api: ApiSpec, put: Put, clock: Clock) -> Handler:
    """The handler of all requests to an API, measured."""

    async def handle(request: web.Request) -> web.StreamResponse:
        started = clock.now()
        response = await handler(request)
        ms = (clock.now() - started) * 1000
        put(services.of_request(api.name, api.stage, at=started, status=response.status, ms=ms))
        return response

    return handle


def metered_inference(instances: Instances, put: Put, clock: Clock) -> Middleware:
    """A middleware of SageMaker's stand-in: every invocation of an endpoint is measured."""

    @web.middleware
    async def measure(request: web.Request, handler: Handler) -> web.StreamResponse:
        started = clock.now()
        response = await handler(request)
        endpoint = request.match_info.get("name")
        if endpoint is not None:
            ms = (clock.now() - started) * 1000
            variant, count = instances.serving(endpoint)
            put(services.of_inference(endpoint, variant, at=started, status=response.status, ms=ms, instances=count))
        return response

    return measure


def metered_execution(machine_arn: str, record: ExecutionRecord, at: float) -> list[Sample]:
    """The samples of an execution that has ended now; the ARN has no alias."""
    assert record.ended is not None, "an execution that has ended"
    ms = record.ended - record.started
    return services.of_execution(machine_arn, at=at, status=record.status, ms=ms)


def _names(specs: Iterable[FunctionSpec]) -> Mapping[str, tuple[str, str | None]]:
    """Function name and qualifier by whatever a function is invoked by."""
    found: dict[str, tuple[str, str | None]] = {}
    for spec in specs:
        found |= dict.fromkeys((spec.name, spec.logical_id, spec.arn), (spec.name, None))
        found |= {arn: (spec.name, arn.removeprefix(f"{spec.arn}:")) for arn in spec.arns if arn != spec.arn}
    return found
