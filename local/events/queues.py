"""Lambda's event source mappings of SQS queues: messages go to a function in batches, and those that it settles go.

Polled in the machine's own time, in which moto counts visibility timeouts, not in the movable clock's. One batch at a
time, so that no maximum of concurrency is ever reached; moto itself moves what was received too often.
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

import asyncio
import logging
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from local.events.journal import Journal
from local.events.requests import Clients
from local.lambda_runtime import FunctionFailedError
from local.template.errors import UnsupportedError
from local.template.specs import ResourceSpec

MAPPING: Final = "AWS::Lambda::EventSourceMapping"
POLL_S: Final = 1.0
_SUPPORTED: Final = frozenset({"FunctionName", "EventSourceArn", "BatchSize", "FunctionResponseTypes", "ScalingConfig"})
_LOG = logging.getLogger(__name__)
Message = Mapping[str, Any]


class Functions(Protocol):
    """Invokes a function by ARN; raises FunctionFailedError."""

    async def invoke(self, function: str, payload: Any) -> Any: ...


@dataclass(frozen=True)
class QueueMapping:
    """A queue whose messages a function gets. `partial`: the function says which of a batch have failed."""

    function_arn: str
    queue_arn: str
    batch_size: int = 10
    partial: bool = False

    @classmethod
    def of(cls, mapping: ResourceSpec) -> "QueueMapping":
        """A mapping of the template; raises UnsupportedError for one that would run otherwise here."""
        properties = mapping.properties
        unknown = properties.keys() - _SUPPORTED
        if unknown or properties["EventSourceArn"].split(":")[2] != "sqs":
            raise UnsupportedError(f"{mapping.logical_id}: queues only, without {', '.join(sorted(unknown)) or 'more'}")
        return cls(
            function_arn=properties["FunctionName"],
            queue_arn=properties["EventSourceArn"],
            batch_size=int(properties.get("BatchSize", cls.batch_size)),
            partial="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", ()),
        )


class QueuePollers:
    """An async context manager: while it is entered, every mapping has its queue polled."""

    def __init__(
        self, mappings: Iterable[QueueMapping], functions: Functions, clients: Clients, journal: Journal
    ) -> None:
        self._mappings, self._functions, self._journal = list(mappings), functions, journal
        self._sqs = clients.of("sqs")
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "QueuePollers":
        self._tasks = [asyncio.create_task(self._poll(mapping)) for mapping in self._mappings]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def deliver(self, mapping: QueueMapping) -> int:
        """Receive a batch and hand it over: how many messages it had. What has failed stays, invisible for a while."""
        url = (await asyncio.to_thread(self._sqs.get_queue_url, QueueName=_name(mapping)))["QueueUrl"]
        messages = await asyncio.to_thread(self._receive, url, mapping.batch_size)
        if messages:
            failed = await self._failed(mapping, messages)
            done = [message for message in messages if message["MessageId"] not in failed]
            await asyncio.to_thread(self._delete, url, done)
        return len(messages)

    async def _poll(self, mapping: QueueMapping) -> None:
        while True:
            try:
                delivered = await self.deliver(mapping)
            except (ClientError, BotoCoreError) as error:
                _LOG.warning("%s cannot be polled: %s", mapping.queue_arn, error)
                delivered = 0
            if not delivered:
                await asyncio.sleep(POLL_S)

    def _receive(self, url: str, size: int) -> list[Message]:
        answer = self._sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=size, AttributeNames=["All"], MessageAttributeNames=["All"]
        )
        return list(answer.get("Messages", []))

    def _delete(self, url: str, messages: Iterable[Message]) -> None:
        for message in messages:
            self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    async def _failed(self, mapping: QueueMapping, messages: list[Message]) -> Collection[str]:
        """The ids of the messages that are not settled."""
        everything = {message["MessageId"] for message in messages}
        record = self._journal.invocation(mapping.function_arn)
        record.attempts.append(time.time())
        try:
            event = {"Records": [_record(message, mapping.queue_arn) for message in messages]}
            answer = await self._functions.invoke(mapping.function_arn, event)
        except FunctionFailedError as error:
            record.outcome, record.error = "failed", error.error
            return everything
        record.outcome = "succeeded"
        return reported(answer, everything) if mapping.partial else frozenset()


def reported(answer: Any, sent: Collection[str]) -> Collection[Any]:
    """The ids that an answer reports as failed; all of them where it is none that Lambda understands."""
    if not answer:
        return frozenset()
    failures = (answer.get("batchItemFailures") or []) if isinstance(answer, dict) else [None]
    ids = {failure.get("itemIdentifier") if isinstance(failure, dict) else None for failure in failures}
    return ids if ids <= set(sent) else sent


def _name(mapping: QueueMapping) -> str:
    return mapping.queue_arn.rpartition(":")[2]


def _record(message: Message, queue_arn: str) -> dict[str, Any]:
    attributes = message.get("MessageAttributes", {})
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {name: _lower(value) for name, value in attributes.items()},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": queue_arn.split(":")[3],
    }


def _lower(value: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{name[0].lower()}{name[1:]}": part for name, part in value.items()}
