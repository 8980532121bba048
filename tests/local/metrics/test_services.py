"""What each service counts: a table from their user guides, and the local parts that are measured by it.

API: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
STATES: https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
LAMBDA: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
SAGEMAKER: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
SQS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from local.clock.virtual import VirtualClock, run_virtually
from local.lambda_runtime import FunctionFailedError
from local.metrics import MetricStore, Sample, metric
from local.metrics.meters import MeteredFunctions, metered_api, metered_inference
from local.metrics.services import of_execution, of_inference, of_invocation, of_queue, of_request
from local.template import ApiSpec, Deployment

API = {"ApiName": "shop", "Stage": "live"}
LAMBDA = {"FunctionName": "f"}
ALIAS = {"FunctionName": "f", "Resource": "f:live"}
VARIANT = {"EndpointName": "e", "VariantName": "primary"}
MACHINE = {"StateMachineArn": "arn:m"}
THROTTLED = "Lambda.TooManyRequestsException"


def request(status: int) -> list[Sample]:
    return of_request("shop", "live", at=0, status=status, ms=12)


def invocation(error: str | None) -> list[Sample]:
    return of_invocation("f", "live", at=0, error=error, ms=12, running=3)


def inference(status: int) -> list[Sample]:
    return of_inference("e", "primary", at=0, status=status, ms=12, instances=4)


def execution(status: str) -> list[Sample]:
    return of_execution("arn:m", at=0, status=status, ms=12)


# Samples, namespace, metric, dimensions, and the value: None where the service emits nothing.
TABLE: list[tuple[str, list[Sample], str, str, dict[str, str], float | None]] = [
    ("API: each request counts", request(200), "AWS/ApiGateway", "Count", API, 1),
    ("API: by name alone too", request(200), "AWS/ApiGateway", "Count", {"ApiName": "shop"}, 1),
    ("API: an error is 1, so that the average is a rate", request(500), "AWS/ApiGateway", "5XXError", API, 1),
    ("API: no error is 0", request(200), "AWS/ApiGateway", "5XXError", API, 0),
    ("API: client errors apart", request(404), "AWS/ApiGateway", "4XXError", API, 1),
    ("API: client errors are no server errors", request(404), "AWS/ApiGateway", "5XXError", API, 0),
    ("API: milliseconds", request(200), "AWS/ApiGateway", "Latency", API, 12),
    ("STATES: started", execution("FAILED"), "AWS/States", "ExecutionsStarted", MACHINE, 1),
    ("STATES: failed", execution("FAILED"), "AWS/States", "ExecutionsFailed", MACHINE, 1),
    ("STATES: timed out is not failed", execution("TIMED_OUT"), "AWS/States", "ExecutionsFailed", MACHINE, None),
    ("STATES: timed out", execution("TIMED_OUT"), "AWS/States", "ExecutionsTimedOut", MACHINE, 1),
    ("STATES: succeeded", execution("SUCCEEDED"), "AWS/States", "ExecutionsSucceeded", MACHINE, 1),
    ("STATES: aborted", execution("ABORTED"), "AWS/States", "ExecutionsAborted", MACHINE, 1),
    ("STATES: milliseconds", execution("SUCCEEDED"), "AWS/States", "ExecutionTime", MACHINE, 12),
    ("LAMBDA: an error is an invocation", invocation("E"), "AWS/Lambda", "Invocations", LAMBDA, 1),
    ("LAMBDA: errors", invocation("E"), "AWS/Lambda", "Errors", LAMBDA, 1),
    ("LAMBDA: no error is 0", invocation(None), "AWS/Lambda", "Errors", LAMBDA, 0),
    ("LAMBDA: by the alias invoked", invocation("E"), "AWS/Lambda", "Errors", ALIAS, 1),
    ("LAMBDA: across all functions", invocation("E"), "AWS/Lambda", "Errors", {}, 1),
    ("LAMBDA: a throttle is no invocation", invocation(THROTTLED), "AWS/Lambda", "Invocations", LAMBDA, None),
    ("LAMBDA: a throttle is no error", invocation(THROTTLED), "AWS/Lambda", "Errors", LAMBDA, None),
    ("LAMBDA: throttles", invocation(THROTTLED), "AWS/Lambda", "Throttles", {}, 1),
    ("LAMBDA: concurrency", invocation(None), "AWS/Lambda", "ConcurrentExecutions", LAMBDA, 3),
    ("SAGEMAKER: requests", inference(200), "AWS/SageMaker", "Invocations", VARIANT, 1),
    ("SAGEMAKER: 1/instances a request", inference(200), "AWS/SageMaker", "InvocationsPerInstance", VARIANT, 0.25),
    ("SAGEMAKER: microseconds", inference(200), "AWS/SageMaker", "ModelLatency", VARIANT, 12_000),
    ("SAGEMAKER: client errors", inference(424), "AWS/SageMaker", "Invocation4XXErrors", VARIANT, 1),
    ("SAGEMAKER: server errors", inference(500), "AWS/SageMaker", "Invocation5XXErrors", VARIANT, 1),
    (
        "SQS: what can be received",
        of_queue("q", at=0, visible=7, not_visible=2),
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        {"QueueName": "q"},
        7,
    ),
    (
        "SQS: what somebody has received",
        of_queue("q", at=0, visible=7, not_visible=2),
        "AWS/SQS",
        "ApproximateNumberOfMessagesNotVisible",
        {"QueueName": "q"},
        2,
    ),
]


@pytest.mark.parametrize(
    ("samples", "namespace", "name", "dimensions", "value"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_given_what_happened_when_measured_then_the_metric_is_the_services(
    samples: list[Sample], namespace: str, name: str, dimensions: dict[str, str], value: float | None
) -> None:
    found = [sample.values for sample in samples if sample.metric == metric(namespace, name, dimensions)]
    assert found == ([] if value is None else [(value,)])


class Functions:
    """Answers after a second, of which it says that half was waited; or fails as the payload says."""

    async def invoke(
        self, function: str, payload: Any, *, trace_id: str | None = None, report: dict[str, Any] | None = None
    ) -> Any:
        await asyncio.sleep(1)
        assert report is not None
        report["waited_ms"] = 500
        if payload is not None:
            raise FunctionFailedError(payload, "as it was told")
        return trace_id


def of(store: MetricStore, name: str, dimensions: dict[str, str]) -> tuple[float, float]:
    """Sum and greatest of a metric of Lambda."""
    found = {key: values for key, _, values in store}[metric("AWS/Lambda", name, dimensions)]
    return found.statistic("Sum"), found.statistic("Maximum")


def test_given_functions_when_invoked_side_by_side_then_outcome_duration_and_concurrency_are_measured(
    deployment: Deployment,
) -> None:
    echo = deployment.functions()["Echo"]
    store = MetricStore()

    async def play(clock: VirtualClock) -> None:
        functions = MeteredFunctions(Functions(), [echo], store.put, clock)
        alias = f"{echo.arn}:{echo.alias}"
        outcomes = await asyncio.gather(
            functions.invoke(alias, None, trace_id="t-1"),
            functions.invoke(echo.name, "Broken"),
            functions.invoke(alias, THROTTLED),
            return_exceptions=True,
        )
        assert outcomes[0] == "t-1"
        assert [type(outcome) for outcome in outcomes[1:]] == [FunctionFailedError] * 2
        given_up = asyncio.create_task(functions.invoke(alias, None))
        await asyncio.sleep(0.1)
        given_up.cancel()
        await asyncio.wait([given_up])

    run_virtually(play)
    name = {"FunctionName": echo.name}
    qualified = {**name, "Resource": f"{echo.name}:{echo.alias}"}
    assert of(store, "Invocations", name) == (2, 1)
    assert of(store, "Errors", name) == (1, 1)
    assert of(store, "Errors", qualified) == (0, 0)
    assert of(store, "Throttles", {}) == (1, 1)
    assert of(store, "Duration", name) == (1000, 500)
    assert of(store, "ConcurrentExecutions", {}) == (3, 2)


class Fleet:
    """Two instances of everything."""

    def serving(self, endpoint: str) -> tuple[str, int]:
        return "primary", 2


async def test_given_an_api_and_an_endpoint_when_called_then_their_answers_are_measured_and_stay_as_they_are() -> None:
    samples: list[Sample] = []
    clock = VirtualClock()
    spec = ApiSpec("Api", "shop", "live", {}, {}, {})

    def put(some: Iterable[Sample]) -> None:
        samples.extend(some)

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=int(request.match_info.get("status", 200)))

    app = web.Application(middlewares=[metered_inference(Fleet(), put, clock)])
    app.router.add_post("/endpoints/{name}/invocations", answer)
    app.router.add_get("/{status}", metered_api(answer, spec, put, clock))
    async with TestClient(TestServer(app)) as client:
        assert (await client.get("/503")).status == 503
        assert (await client.post("/endpoints/classifier/invocations")).status == 200
    measured = {(sample.metric.namespace, sample.metric.name): sample.values for sample in samples}
    assert measured["AWS/ApiGateway", "5XXError"] == (1,)
    assert measured["AWS/SageMaker", "InvocationsPerInstance"] == (0.5,)
    assert {dict(s.metric.dimensions)["EndpointName"] for s in samples if "SageMaker" in s.metric.namespace} == {
        "classifier"
    }
