"""Calls with a budget in milliseconds: botocore's own timeouts are fixed per client, a turn's are not."""

from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from typing import Any, TypeVar

from mangaassist.errors import MangaAssistError
from mangaassist.host import host
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
        "TransactionConflictException",
    }
)


class TransientError(Exception):
    """Raised by an adapter for an answer that another attempt may better."""


@dataclass(frozen=True)
class NamedErrors:
    """What a dependency's failures are called in this pipeline."""

    failed: type[MangaAssistError]
    timed_out: type[MangaAssistError]
    throttled: type[MangaAssistError] | None = None


def call_within(budget_ms: int, call: Callable[[], Result], errors: NamedErrors) -> Result:
    """The call's result, with one immediate retry of a transient failure, all within the budget.

    Raises `errors.timed_out` once the budget is spent (the abandoned call ends by its client's own timeout),
    `errors.throttled` when the service throttles, and `errors.failed` for every other failure.
    """
    ends_at = host().monotonic() + budget_ms / 1000
    for attempt in range(1, ATTEMPTS + 1):
        remaining = ends_at - host().monotonic()
        if remaining <= 0:
            break
        pending = host().start(call)
        try:
            return pending.result(timeout=remaining)
        except FutureTimeoutError as error:
            # One that has not begun must not run after its caller has given up.
            pending.cancel()
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
    """Whether the same call may well succeed at once: server errors, conflicts, lost connections, not throttling."""
    from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004 - botocore's own

    if isinstance(error, ClientError):
        return error_code(error) in TRANSIENT_CODES or _is_conflict(error.response)
    return isinstance(error, HTTPClientError | ConnectionError | TransientError)


def error_code(error: Exception) -> str:
    """The service's error code, or an empty string."""
    # botocore gives its connection errors a `response` too, which is None.
    response: dict[str, Any] = getattr(error, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


def _is_conflict(response: dict[str, Any]) -> bool:
    """Whether a transaction was cancelled by another one, and by nothing that stays so."""
    codes = {reason.get("Code") for reason in response.get("CancellationReasons", [])} - {"None"}
    return codes == {"TransactionConflict"}


def _named(error: Exception, errors: NamedErrors) -> MangaAssistError:
    text = f"{type(error).__name__} {error_code(error)}".strip()
    if errors.throttled is not None and "Throttling" in error_code(error):
        return errors.throttled(text)
    return errors.failed(text)
