"""A queue that is mapped to a function: batches, what each answer means, retries and the dead-letter queue."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.cloud import MotoServer
from local.cloud.clients import Clients
from local.events.journal import Journal
from local.events.queues import QueueMapping, QueuePollers, reported
from local.lambda_runtime import FunctionFailedError
from local.template.errors import UnsupportedError
from local.template.specs import ResourceSpec

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:settle:live"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:waiting"
MAPPING = QueueMapping(FUNCTION, QUEUE, batch_size=10, partial=True)
Respond = Callable[[list[dict[str, Any]]], Any]


class Function:
    """Remembers its batches and answers what it is told to."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond
        self.batches: list[list[dict[str, Any]]] = []
        self.called = asyncio.Event()

    async def invoke(self, function: str, payload: Any) -> Any:
        assert function == FUNCTION
        self.batches.append(payload["Records"])
        self.called.set()
        return self.respond(payload["Records"])

    @property
    def bodies(self) -> list[list[str]]:
        return [[record["body"] for record in batch] for batch in self.batches]


def settled(_: list[dict[str, Any]]) -> Any:
    return {"batchItemFailures": []}


def failing(body: str) -> Respond:
    return lambda records: {
        "batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in records if record["body"] == body]
    }


def raising(_: list[dict[str, Any]]) -> Any:
    raise FunctionFailedError("Lambda.TooManyRequestsException", "{}")


@pytest.fixture(scope="module")
def server() -> Iterator[MotoServer]:
    with MotoServer() as running:
        yield running


@pytest.fixture
def clients(server: MotoServer) -> Iterator[Clients]:
    """A queue whose messages are visible again at once, with a dead-letter queue after two receipts."""
    found = Clients(server.url, "us-east-1")
    sqs = found.of("sqs")
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    redrive = {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead", "maxReceiveCount": 2}
    attributes = {"VisibilityTimeout": "0", "RedrivePolicy": json.dumps(redrive)}
    waiting = sqs.create_queue(QueueName="waiting", Attributes=attributes)["QueueUrl"]
    yield found
    sqs.delete_queue(QueueUrl=waiting)
    sqs.delete_queue(QueueUrl=dead)


def pollers(clients: Clients, function: Function) -> tuple[QueuePollers, Journal]:
    journal = Journal()
    return QueuePollers([MAPPING], function, clients, journal), journal


def send(clients: Clients, *bodies: str) -> None:
    sqs = clients.of("sqs")
    url = sqs.get_queue_url(QueueName="waiting")["QueueUrl"]
    for body in bodies:
        sqs.send_message(QueueUrl=url, MessageBody=body)


def left(clients: Clients, queue: str = "waiting") -> int:
    sqs = clients.of("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    wanted = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=wanted)["Attributes"]
    return sum(int(attributes[name]) for name in wanted)


async def test_given_messages_when_the_function_settles_them_then_they_are_gone(clients: Clients) -> None:
    function = Function(settled)
    polling, journal = pollers(clients, function)
    send(clients, "one", "two")

    assert await polling.deliver(MAPPING) == 2
    assert sorted(function.bodies[0]) == ["one", "two"]
    assert left(clients) == 0
    assert [(record.function, record.outcome) for record in journal.invocations] == [(FUNCTION, "succeeded")]


async def test_given_a_batch_when_one_of_it_is_reported_then_only_that_one_comes_again(clients: Clients) -> None:
    function = Function(failing("two"))
    polling, _ = pollers(clients, function)
    send(clients, "one", "two", "three")

    await polling.deliver(MAPPING)
    await polling.deliver(MAPPING)
    assert function.bodies[1] == ["two"]
    assert function.batches[1][0]["attributes"]["ApproximateReceiveCount"] == "2"


async def test_given_a_function_that_fails_then_the_whole_batch_comes_again_and_in_the_end_to_the_dead_letters(
    clients: Clients,
) -> None:
    function = Function(raising)
    polling, journal = pollers(clients, function)
    send(clients, "one")

    received = [await polling.deliver(MAPPING) for _ in range(3)]
    assert received == [1, 1, 0]
    assert (left(clients), left(clients, "dead")) == (0, 1)
    assert [record.outcome for record in journal.invocations] == ["failed", "failed"]


async def test_given_a_running_poller_when_a_message_is_sent_then_the_function_is_invoked(clients: Clients) -> None:
    function = Function(settled)
    polling, _ = pollers(clients, function)
    async with polling:
        await asyncio.to_thread(send, clients, "one")
        await asyncio.wait_for(function.called.wait(), 30)

    assert function.bodies == [["one"]]


async def test_given_a_message_then_the_record_is_as_sqs_writes_it(clients: Clients) -> None:
    function = Function(settled)
    polling, _ = pollers(clients, function)
    send(clients, "one")
    await polling.deliver(MAPPING)

    (record,) = function.batches[0]
    assert (record["eventSource"], record["eventSourceARN"], record["awsRegion"]) == ("aws:sqs", QUEUE, "us-east-1")
    assert set(record) >= {"messageId", "receiptHandle", "attributes", "messageAttributes", "md5OfBody"}


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        (None, set()),
        ({}, set()),
        ({"batchItemFailures": None}, set()),
        ({"batchItemFailures": []}, set()),
        ({"batchItemFailures": [{"itemIdentifier": "a"}]}, {"a"}),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, {"a", "b"}),
        ({"batchItemFailures": [{"itemIdentifier": None}]}, {"a", "b"}),
        ({"batchItemFailures": [{"messageId": "a"}]}, {"a", "b"}),
        ({"batchItemFailures": [{"itemIdentifier": "c"}]}, {"a", "b"}),
        ("settled", {"a", "b"}),
    ],
)
def test_given_an_answer_then_it_is_understood_as_lambda_understands_it(answer: Any, failed: set[str]) -> None:
    assert set(reported(answer, {"a", "b"})) == failed


@pytest.mark.parametrize(
    "properties", [{"EventSourceArn": QUEUE, "FilterCriteria": {}}, {"EventSourceArn": QUEUE.replace("sqs", "kafka")}]
)
def test_given_a_mapping_that_would_run_otherwise_here_then_it_is_refused(properties: dict[str, Any]) -> None:
    spec = ResourceSpec("Mapping", "AWS::Lambda::EventSourceMapping", "m", "m", {"FunctionName": "f", **properties})

    with pytest.raises(UnsupportedError):
        QueueMapping.of(spec)


def test_the_templates_mapping_is_understood() -> None:
    spec = ResourceSpec(
        "Mapping",
        "AWS::Lambda::EventSourceMapping",
        "m",
        "m",
        {
            "FunctionName": FUNCTION,
            "EventSourceArn": QUEUE,
            "BatchSize": 10,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "ScalingConfig": {"MaximumConcurrency": 2},
        },
    )

    assert QueueMapping.of(spec) == MAPPING
