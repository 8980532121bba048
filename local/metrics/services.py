"""The metrics that AWS's own services emit, of what the local parts in their places have done.

Namespaces, names, dimensions and units are those of each service's user guide; only what can be told here is emitted.
"""

from collections.abc import Mapping
from functools import lru_cache

from local.metrics.samples import Metric, Sample, metric

THROTTLED = "Lambda.TooManyRequestsException"
REFUSED = frozenset({THROTTLED, "Lambda.RequestTooLargeException"})
_CLIENT_ERROR = 400
_SERVER_ERROR = 500
_BY_STATUS: Mapping[str, str] = {
    "SUCCEEDED": "ExecutionsSucceeded",
    "FAILED": "ExecutionsFailed",
    "TIMED_OUT": "ExecutionsTimedOut",
    "ABORTED": "ExecutionsAborted",
}
Values = Mapping[str, tuple[float, str]]


def of_request(api: str, stage: str, *, at: float, status: int, ms: float) -> list[Sample]:
    """A request to a REST API: errors are 0 or 1 for each, so that their average is a rate.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
    """
    values = {
        "Count": (1.0, "Count"),
        "4XXError": (float(_CLIENT_ERROR <= status < _SERVER_ERROR), "Count"),
        "5XXError": (float(status >= _SERVER_ERROR), "Count"),
        "Latency": (ms, "Milliseconds"),
    }
    return _samples("AWS/ApiGateway", at, values, {"ApiName": api}, {"ApiName": api, "Stage": stage})


def of_execution(machine_arn: str, *, at: float, status: str, ms: float) -> list[Sample]:
    """An execution that has ended; the ARN has no alias.

    https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
    """
    values = {
        "ExecutionsStarted": (1.0, "Count"),
        _BY_STATUS[status]: (1.0, "Count"),
        "ExecutionTime": (ms, "Milliseconds"),
    }
    return _samples("AWS/States", at, values, {"StateMachineArn": machine_arn})


def of_invocation(
    function: str, qualifier: str | None, *, at: float, error: str | None, ms: float, running: int
) -> list[Sample]:
    """A function that was invoked by this qualifier: `error` is its error's name, `running` how many run at once.

    A throttled invocation counts neither as an invocation nor as an error.
    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    """
    values: Values = {
        "Invocations": (1.0, "Count"),
        "Errors": (float(error is not None), "Count"),
        "Duration": (ms, "Milliseconds"),
        "ConcurrentExecutions": (float(running), "Count"),
    }
    if error in REFUSED:
        values = {"Throttles": (float(error == THROTTLED), "Count")}
    of_alias = [{"FunctionName": function, "Resource": f"{function}:{qualifier}"}] if qualifier else []
    return _samples("AWS/Lambda", at, values, {}, {"FunctionName": function}, *of_alias)


def of_inference(endpoint: str, variant: str, *, at: float, status: int, ms: float, instances: int) -> list[Sample]:
    """A request to an endpoint's variant with so many instances; latencies are in microseconds.

    https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
    """
    values = {
        "Invocations": (1.0, "None"),
        "InvocationsPerInstance": (1.0 / max(instances, 1), "None"),
        "Invocation4XXErrors": (float(_CLIENT_ERROR <= status < _SERVER_ERROR), "None"),
        "Invocation5XXErrors": (float(status >= _SERVER_ERROR), "None"),
        "ModelLatency": (ms * 1000, "Microseconds"),
    }
    return _samples("AWS/SageMaker", at, values, {"EndpointName": endpoint, "VariantName": variant})


def of_queue(queue: str, *, at: float, visible: int, not_visible: int) -> list[Sample]:
    """A queue's depth, which SQS reports every minute.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    """
    values = {
        "ApproximateNumberOfMessagesVisible": (float(visible), "Count"),
        "ApproximateNumberOfMessagesNotVisible": (float(not_visible), "Count"),
    }
    return _samples("AWS/SQS", at, values, {"QueueName": queue})


def _samples(namespace: str, at: float, values: Values, *dimensions: Mapping[str, str]) -> list[Sample]:
    return [
        Sample(named, at, (value,), unit)
        for some in dimensions
        for named, (value, unit) in zip(
            _metrics(namespace, tuple(values), tuple(some.items())), values.values(), strict=True
        )
    ]


@lru_cache(maxsize=1_000)
def _metrics(namespace: str, names: tuple[str, ...], dimensions: tuple[tuple[str, str], ...]) -> tuple[Metric, ...]:
    return tuple(metric(namespace, name, dict(dimensions)) for name in names)
