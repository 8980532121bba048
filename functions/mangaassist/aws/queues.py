"""Queues in SQS."""

from dataclasses import dataclass

from mangaassist.aws.calls import Dependency, call_within
from mangaassist.aws.clients import client
from mangaassist.errors import QueueError, QueueTimeoutError

QUEUES = Dependency("sqs", QueueError, QueueTimeoutError)


@dataclass(frozen=True)
class Queue:
    url: str

    def send(self, body: str, *, budget_ms: int) -> None:
        """Put a message into the queue.

        Raises QueueError, QueueTimeoutError.
        """
        call_within(budget_ms, lambda: client("sqs").send_message(QueueUrl=self.url, MessageBody=body), QUEUES)
