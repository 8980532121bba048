"""Requests to AWS services, made with boto3 on threads of their own."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from local.events.errors import DeliveryError

_THREADS: Final = 4
_TOO_MANY_REQUESTS: Final = 429
_SERVER_ERROR: Final = 500


class Requester(Protocol):
    """Makes a request of boto3 ("sqs", "send_message", …); raises DeliveryError."""

    async def __call__(self, service: str, operation: str, request: dict[str, Any]) -> None: ...


class Clients(Protocol):
    """boto3 clients by service name."""

    def of(self, service: str) -> Any: ...


class Requests:
    """A Requester. A context manager: leaving it ends its threads."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="delivery")

    def __enter__(self) -> "Requests":
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def __call__(self, service: str, operation: str, request: dict[str, Any]) -> None:
        act = getattr(self._clients.of(service), operation)
        try:
            await asyncio.get_running_loop().run_in_executor(self._threads, lambda: act(**request))
        except ClientError as error:
            raise _failed(error) from error
        except BotoCoreError as error:
            raise DeliveryError("SDK_CLIENT_ERROR", str(error), retryable=True) from error


def is_passing(code: str) -> bool:
    """Whether an error is one of load or of the service itself, so that to try again can help."""
    return any(word in code for word in ("Throttl", "TooManyRequests", "Internal", "Unavailable", "Timeout"))


def _failed(error: ClientError) -> DeliveryError:
    answer = error.response
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", _SERVER_ERROR)
    code = answer["Error"].get("Code", "Unknown")
    retryable = status >= _SERVER_ERROR or status == _TOO_MANY_REQUESTS or is_passing(code)
    return DeliveryError(code, answer["Error"].get("Message", ""), retryable=retryable)
