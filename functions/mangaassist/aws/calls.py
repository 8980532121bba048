"""Calls with a budget in milliseconds: botocore's own timeouts are fixed per client, a turn's are not."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from mangaassist.errors import MangaAssistError
from mangaassist.telemetry import logger

Result = TypeVar("Result")

ATTEMPTS = 2
TRANSIENT_CODES = frozenset(
    {
        "InternalServerError",
        "InternalServerException",
        "InternalFailure",
        "ModelError",
        "ModelNotReadyException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "ServiceUnavailableError",
    }
)


@dataclass(frozen=True)
class NamedErrors:
    """What a dependency's failures are called in this pipeline."""

    failed: type[MangaAssistError]
    timed_out: type[MangaAssistError]
    throttled: type[MangaAssistError] | None = None


@cache
def _workers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=16, thread_name_prefix="call")


def in_background(call: Callable[[], Result]) -> "Future[Result]":
    """Start a call whose result the caller may stop waiting for."""
    return _workers().submit(call)


def call_within(budget_ms: int, call: Callable[[], Result], errors: NamedErrors) -> Result:
    """The call's result, with one immediate retry of a transient failure, all within the budget.

    Raises `errors.timed_out` once the budget is spent (the abandoned call ends by its client's own timeout),
    `errors.throttled` when the service throttles, and `errors.failed` for every other failure.
    """
    ends_at = time.monotonic() + budget_ms / 1000
    for attempt in range(1, ATTEMPTS + 1):
        remaining = ends_at - time.monotonic()
        if remaining <= 0:
            break
        try:
            return in_background(call).result(timeout=remaining)
        except FutureTimeoutError as error:
            raise errors.timed_out(f"no answer within {budget_ms} ms") from error
        except MangaAssistError:
            raise
        except Exception as error:
            named = _named(error, errors)
            if attempt == ATTEMPTS or not is_transient(error):
                raise named from error
            logger().info("retrying", extra={"error": type(error).__name__})
    raise errors.timed_out(f"no time for an attempt in {budget_ms} ms")


def is_transient(error: Exception) -> bool:
    """Whether the same call may well succeed at once: server errors and broken connections, never throttling."""
    from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004 - botocore's own

    if isinstance(error, ClientError):
        return error_code(error) in TRANSIENT_CODES
    return isinstance(error, HTTPClientError | ConnectionError)


def error_code(error: Exception) -> str:
    """The service's error code, or an empty string."""
    response: dict[str, Any] = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code", ""))


def _named(error: Exception, errors: NamedErrors) -> MangaAssistError:
    text = f"{type(error).__name__} {error_code(error)}".strip()
    if errors.throttled is not None and "Throttling" in error_code(error):
        return errors.throttled(text)
    return errors.failed(text)
