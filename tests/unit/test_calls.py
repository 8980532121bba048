import threading
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ConnectTimeoutError, ReadTimeoutError

from mangaassist.aws.calls import Dependency, TransientError, call_within
from mangaassist.aws.parameters import REFRESH_MS, Kept
from mangaassist.errors import GenerationError, GenerationThrottledError, GenerationTimeoutError, StoreError
from mangaassist.host import WORKERS, host
from mangaassist.tables import dependencies

NAMED = Dependency("events", GenerationError, GenerationTimeoutError, GenerationThrottledError)
P95_MS = int(dependencies()["events"].p95_ms)
PATIENCE_MS = 20_000


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "InvokeModel")


def cancelled(*reasons: str) -> ClientError:
    code = {"Error": {"Code": "TransactionCanceledException", "Message": "no"}}
    return ClientError({**code, "CancellationReasons": [{"Code": reason} for reason in reasons]}, "TransactWriteItems")


def failing(*failures: Exception) -> tuple[Callable[[], str], list[Any]]:
    """A call that fails so many times and then answers, and the attempts it saw."""
    attempts: list[Any] = []

    def call() -> str:
        attempts.append(None)
        if len(attempts) <= len(failures):
            raise failures[len(attempts) - 1]
        return "answer"

    return call, attempts


@pytest.mark.parametrize(
    "failure",
    [
        refused("InternalServerException"),
        refused("ModelError"),
        refused("TransactionConflictException"),
        cancelled("TransactionConflict"),
        ConnectTimeoutError(endpoint_url="x"),
        ConnectionClosedError(endpoint_url="x"),
        ReadTimeoutError(endpoint_url="x"),
        TransientError(),
    ],
)
def test_a_transient_failure_is_tried_once_more(failure: Exception) -> None:
    call, attempts = failing(failure)

    assert call_within(PATIENCE_MS, call, NAMED) == "answer"
    assert len(attempts) == 2


def test_a_second_failure_is_the_answer() -> None:
    call, attempts = failing(refused("ModelError"), refused("ModelError"))

    with pytest.raises(GenerationError, match="ModelError"):
        call_within(PATIENCE_MS, call, NAMED)
    assert len(attempts) == 2


@pytest.mark.parametrize(
    ("code", "named"), [("ThrottlingException", GenerationThrottledError), ("AccessDeniedException", GenerationError)]
)
def test_what_another_attempt_cannot_mend_is_not_tried_again(code: str, named: type[Exception]) -> None:
    call, attempts = failing(refused(code))

    with pytest.raises(named):
        call_within(PATIENCE_MS, call, NAMED)
    assert len(attempts) == 1


def test_a_call_that_hangs_ends_with_its_budget() -> None:
    released = threading.Event()

    with pytest.raises(GenerationTimeoutError):
        call_within(P95_MS, lambda: released.wait(30), NAMED)
    released.set()


def test_a_condition_that_does_not_hold_is_not_tried_again() -> None:
    call, attempts = failing(cancelled("ConditionalCheckFailed", "TransactionConflict"))

    with pytest.raises(GenerationError):
        call_within(PATIENCE_MS, call, NAMED)
    assert len(attempts) == 1


def test_a_call_that_has_not_begun_when_its_caller_gives_up_never_runs() -> None:
    released, begun = threading.Event(), threading.Event()
    busy = [host().start(lambda: released.wait(30)) for _ in range(WORKERS)]

    with pytest.raises(GenerationTimeoutError):
        call_within(P95_MS, begun.set, NAMED)

    released.set()
    assert all(future.result() for future in busy)
    host().start(lambda: None).result()
    assert not begun.is_set()


def test_no_attempt_starts_without_time() -> None:
    call, attempts = failing()

    with pytest.raises(GenerationTimeoutError):
        call_within(0, call, NAMED)
    assert attempts == []


def test_an_error_that_has_its_name_already_keeps_it() -> None:
    call, _ = failing(StoreError("named"))

    with pytest.raises(StoreError, match="named"):
        call_within(PATIENCE_MS, call, NAMED)


class Source:
    """A source of a value that can be switched off; it notes the time it was given."""

    def __init__(self, *, up: bool) -> None:
        self.up = up
        self.budgets: list[int] = []

    def fetch(self, budget_ms: int) -> str:
        self.budgets.append(budget_ms)
        if not self.up:
            raise StoreError("down")
        return "fetched"


def test_a_kept_value_outlives_a_source_that_fails_and_the_next_turn_does_not_try_again() -> None:
    source = Source(up=True)
    kept = Kept(source.fetch, life_s=0.0)
    kept.get(PATIENCE_MS)
    source.up = False

    assert [kept.get(PATIENCE_MS), kept.get(PATIENCE_MS)] == ["fetched", "fetched"]
    assert source.budgets == [PATIENCE_MS // 2, REFRESH_MS]


def test_a_value_that_is_fresh_is_not_fetched_again() -> None:
    source = Source(up=True)
    kept = Kept(source.fetch, life_s=60.0)

    assert [kept.get(100), kept.get(100)] == ["fetched", "fetched"]
    assert len(source.budgets) == 1


def test_a_default_serves_until_the_source_answers() -> None:
    assert Kept(Source(up=False).fetch, life_s=60.0, value="default").get(100) == "default"
    assert Kept(Source(up=True).fetch, life_s=60.0, value="default").get(100) == "fetched"


def test_without_any_value_the_failure_is_raised() -> None:
    with pytest.raises(StoreError):
        Kept(Source(up=False).fetch, life_s=60.0).get(100)
