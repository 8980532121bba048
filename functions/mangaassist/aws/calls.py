"""Calls with a budget in milliseconds: botocore's own timeouts are fixed per client, a turn's are not."""

from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from typing import Any, TypeVar

from mangaassist.aws.attempts import answer, p95_ms
from mangaassist.errors import MangaAssistError
from mangaassist.host import host
from mangaassist.telemetry import logger

Result = TypeVar("Result")

RETRIES = 1
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
class Dependency:
    """Something that is called: its name in tables/dependencies.toml, and what its failures are called here."""

    name: str
    failed: type[MangaAssistError]
    timed_out: type[MangaAssistError]
    throttled: type[MangaAssistError] | None = None


def require_time(budget_ms: float, dependency: Dependency, *, beyond_ms: int = 0) -> None:
    """Raises the dependency's `timed_out` where an attempt would most likely not end within the budget.

    `beyond_ms` is what is needed besides the dependency's p95.
    """
    needed_ms = p95_ms(dependency.name) + beyond_ms
    if budget_ms < needed_ms:
        text = f"{budget_ms:.0f} ms are too few: {dependency.name} needs up to {needed_ms:.0f}"
        raise dependency.timed_out(text).before_any_call()


def call_within(
    budget_ms: int, call: Callable[[], Result], dependency: Dependency, *, trace_id: str = "none"
) -> Result:
    """The call's result, with one immediate retry of a transient failure, all within the budget.

    No attempt begins with less time left than the dependency's p95. Raises `timed_out` once the budget is spent (the
    abandoned call ends by its client's own timeout), `throttled` when the service throttles, `failed` for the rest.
    """
    ends_at = host().monotonic() + budget_ms / 1000
    require_time(budget_ms, dependency)
    retries_left = RETRIES
    while True:
        try:
            return answer(dependency.name, call, ends_at - host().monotonic(), trace_id=trace_id)
        except FutureTimeoutError as error:
            raise dependency.timed_out(f"no answer within {budget_ms} ms") from error
        except MangaAssistError:
            raise
        except Exception as error:
            left_ms = (ends_at - host().monotonic()) * 1000
            if not retries_left or not is_transient(error) or left_ms < p95_ms(dependency.name):
                raise _named(error, dependency) from error
            retries_left -= 1
            logger().info("retrying", extra={"dependency": dependency.name, "error": type(error).__name__})


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


def _named(error: Exception, dependency: Dependency) -> MangaAssistError:
    text = f"{type(error).__name__} {error_code(error)}".strip()
    if dependency.throttled is not None and "Throttling" in error_code(error):
        return dependency.throttled(text)
    return dependency.failed(text)
