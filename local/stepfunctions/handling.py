"""Retry and Catch.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from collections.abc import Callable
from dataclasses import dataclass

from local.stepfunctions import fields
from local.stepfunctions.errors import ALL, StateError, matches
from local.stepfunctions.execution import Outcome, Visit
from local.stepfunctions.flow import DataFlow, data_flow
from local.stepfunctions.source import Source

_MAX_ATTEMPTS, _MAX_INTERVAL_SECONDS = 99_999_999, 31_622_400


@dataclass(frozen=True, slots=True)
class Retrier:
    """One entry of Retry; delays are seconds."""

    errors: tuple[str, ...]
    interval: float
    backoff: float
    max_attempts: int
    max_delay: float
    jitter: bool

    def delay(self, attempt: int, jitter: Callable[[float], float]) -> float:
        """Seconds before retry number `attempt`, from 0: interval x backoff^attempt, at most max_delay."""
        seconds = min(self.interval * self.backoff**attempt, self.max_delay)
        return jitter(seconds) if self.jitter else seconds


@dataclass(frozen=True, slots=True)
class Catcher:
    """One entry of Catch."""

    errors: tuple[str, ...]
    next: str
    flow: DataFlow

    def outcome(self, visit: Visit, error: StateError) -> Outcome:
        """Go on at the fallback state, with the error output unless Output says otherwise."""
        return Outcome(self.flow.caught(visit, error.output()), self.next)


@dataclass(frozen=True, slots=True)
class ErrorHandling:
    """Retry, then Catch, of one state."""

    retriers: tuple[Retrier, ...]
    catchers: tuple[Catcher, ...]

    def retry_delay(
        self, error: StateError, attempts: dict[Retrier, int], jitter: Callable[[float], float]
    ) -> float | None:
        """Seconds until the next attempt, None where there is none left; counts it for the first match."""
        for retrier in self.retriers:
            if matches(error, retrier.errors):
                attempt = attempts.get(retrier, 0)
                if attempt >= retrier.max_attempts:
                    return None
                attempts[retrier] = attempt + 1
                return retrier.delay(attempt, jitter)
        return None

    def catcher(self, error: StateError) -> Catcher | None:
        """The first catcher that matches."""
        return next((catcher for catcher in self.catchers if matches(error, catcher.errors)), None)


def error_handling(source: Source) -> ErrorHandling:
    """Compile Retry and Catch of a state."""
    retriers = [_retrier(entry) for entry in source.objects("Retry", fields.RETRIER)]
    catchers = [_catcher(entry) for entry in source.objects("Catch", fields.CATCHER[source.language])]
    _check_all_is_last(source, "Retry", [retrier.errors for retrier in retriers])
    _check_all_is_last(source, "Catch", [catcher.errors for catcher in catchers])
    return ErrorHandling(tuple(retriers), tuple(catchers))


def _check_all_is_last(source: Source, field: str, entries: list[tuple[str, ...]]) -> None:
    for index, errors in enumerate(entries):
        if ALL in errors and (len(errors) > 1 or index < len(entries) - 1):
            raise source.refused(f"{field}[{index}]", f"{ALL} must stand alone and come last")


def _retrier(source: Source) -> Retrier:
    interval = source.number("IntervalSeconds", 1, least=1)
    max_delay = source.number("MaxDelaySeconds", _MAX_INTERVAL_SECONDS, least=1)
    if max_delay <= interval:
        raise source.refused("MaxDelaySeconds", "must be greater than IntervalSeconds")
    strategy = source.text("JitterStrategy", "NONE")
    if strategy not in {"FULL", "NONE"}:
        raise source.refused("JitterStrategy", "expected FULL or NONE")
    max_attempts = source.number("MaxAttempts", 3, least=0)
    if max_attempts > _MAX_ATTEMPTS or max_attempts != int(max_attempts):
        raise source.refused("MaxAttempts", f"expected a whole number, at most {_MAX_ATTEMPTS}")
    return Retrier(
        errors=source.texts("ErrorEquals"),
        interval=interval,
        backoff=source.number("BackoffRate", 2.0, least=1.0),
        max_attempts=int(max_attempts),
        max_delay=max_delay,
        jitter=strategy == "FULL",
    )


def _catcher(source: Source) -> Catcher:
    return Catcher(source.texts("ErrorEquals"), source.text("Next"), data_flow(source))
