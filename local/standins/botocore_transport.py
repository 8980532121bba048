"""Answers to AWS's clients in this process, in place of the network.

    with answered({"dynamodb": dynamodb_over(store)}):
        boto3.client("dynamodb").put_item(…)

Everything above the socket is botocore's own: parameters, endpoints, signatures, parsing, errors. What is replaced is
the one method through which all of botocore's clients send, and through which `mangaassist.aws.search` sends as well.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session

from local.standins.dynamodb import DynamoDb


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; `chunks` of its body may take their time."""

    chunks: Iterable[bytes]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Responder = Callable[[AWSPreparedRequest], Answer]


class NobodyAnswersError(RuntimeError):
    """A request to a host without a responder: nothing may leave this process."""


@contextmanager
def answered(responders: Mapping[str, Responder]) -> Iterator[None]:
    """Let responders answer every request of this process, by the first label of the host that is asked."""

    def send(_: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
        host = urlsplit(request.url).hostname or ""
        responder = responders.get(host.split(".")[0])
        if responder is None:
            raise NobodyAnswersError(f"nobody answers for {host}: give a responder for it")
        answer = responder(request)
        return AWSResponse(request.url, answer.status, dict(answer.headers), _Body(answer.chunks))

    original = URLLib3Session.send
    URLLib3Session.send = send
    try:
        yield
    finally:
        URLLib3Session.send = original


def dynamodb_over(store: DynamoDb) -> Responder:
    """A store as a responder."""

    def respond(request: AWSPreparedRequest) -> Answer:
        status, headers, body = store.answer(_text(request.headers["X-Amz-Target"]), _bytes(request.body))
        return Answer([body], status, headers)

    return respond


class _Body:
    """What botocore expects of a body that is still on the wire."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        return self._chunks

    def read(self, *_: Any, **__: Any) -> bytes:
        return b"".join(self._chunks)

    def close(self) -> None:
        self._chunks = iter(())


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _bytes(value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(value)
