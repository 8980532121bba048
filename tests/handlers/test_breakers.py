"""Circuit breakers of several instances, over one table."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mangaassist.aws import breakers
from mangaassist.aws.breakers import KEPT_S, RULES, Breaker, call_model
from mangaassist.aws.calls import Dependency
from mangaassist.aws.circuits import Circuits
from mangaassist.errors import GenerationError, GenerationThrottledError, GenerationTimeoutError
from mangaassist.host import hosted_by
from mangaassist.policy.breaker import Circuit
from mangaassist.settings import settings
from tests.unit.hosts import ManualHost

MODEL = Dependency("classifier", GenerationError, GenerationTimeoutError, GenerationThrottledError)
BUDGET_MS = 10_000


@pytest.fixture
def host(aws: Any) -> Iterator[ManualHost]:
    manual = ManualHost()
    with hosted_by(manual):
        yield manual


@pytest.fixture
def transitions(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    counted: list[tuple[str, str]] = []
    monkeypatch.setattr(
        breakers, "record_breaker_transition", lambda model, state, _trace_id: counted.append((model, state))
    )
    return counted


@pytest.fixture
def instance(host: ManualHost, transitions: list[tuple[str, str]]) -> Iterator[Callable[[Breaker], None]]:
    """Calls are those of this instance from now on."""
    with pytest.MonkeyPatch.context() as patch:
        yield lambda breaker: patch.setattr(breakers, "breaker_of", lambda _name: breaker)


def new_instance() -> Breaker:
    return Breaker(MODEL.name, Circuits("breakers"))


def shared() -> Circuit:
    return Circuits("breakers").read(MODEL.name)


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "InvokeEndpoint")


def call(outcome: Any) -> Any:
    """A call that comes to this: an answer, or an exception."""

    def attempt() -> Any:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return call_model(BUDGET_MS, attempt, MODEL, trace_id="t-1")


def fail(times: int = RULES.minimum_calls, code: str = "AccessDeniedException") -> None:
    for _ in range(times):
        with pytest.raises(GenerationError):
            call(refused(code))


def test_given_a_model_that_keeps_failing_when_enough_has_failed_then_it_is_called_no_more(
    host: ManualHost, instance: Callable[[Breaker], None], transitions: list[tuple[str, str]]
) -> None:
    instance(new_instance())
    fail()

    with pytest.raises(GenerationError, match="circuit breaker of classifier is open") as refused:
        call("answer")
    assert not refused.value.called
    assert transitions == [("classifier", "open")]
    assert shared().state == "open"


def test_given_one_instance_that_opened_it_when_another_has_read_it_then_it_is_open_there_too(
    host: ManualHost, instance: Callable[[Breaker], None], transitions: list[tuple[str, str]]
) -> None:
    first, second = new_instance(), new_instance()
    instance(second)
    call("answer")
    instance(first)
    fail()
    instance(second)

    assert call("still within its copy's time") is not None
    host.pass_s(KEPT_S)
    with pytest.raises(GenerationError, match="open"):
        call("answer")
    assert transitions == [("classifier", "open")]


def test_given_an_open_breaker_when_its_time_is_over_then_one_real_call_closes_it_for_all(
    host: ManualHost, instance: Callable[[Breaker], None], transitions: list[tuple[str, str]]
) -> None:
    first, second = new_instance(), new_instance()
    instance(first)
    fail()
    host.pass_s(RULES.open_s)
    instance(second)

    assert [call("answer"), call("answer")] == ["answer", "answer"]
    assert transitions == [("classifier", "open"), ("classifier", "half_open"), ("classifier", "closed")]
    assert shared().state == "closed"


def test_given_a_probe_that_fails_then_the_breaker_is_open_for_twice_as_long(
    host: ManualHost, instance: Callable[[Breaker], None]
) -> None:
    instance(new_instance())
    fail()
    host.pass_s(RULES.open_s)
    fail(1)

    host.pass_s(RULES.open_s)
    with pytest.raises(GenerationError, match="open"):
        call("answer")
    host.pass_s(RULES.open_s)
    assert call("answer") == "answer"


def test_given_a_probe_of_another_instance_under_way_then_no_second_one_is_made(
    host: ManualHost, instance: Callable[[Breaker], None]
) -> None:
    first, second = new_instance(), new_instance()
    instance(first)
    fail()
    host.pass_s(RULES.open_s)
    assert first.admission("t-1") == "probe"
    instance(second)

    with pytest.raises(GenerationError, match="open"):
        call("answer")
    host.pass_s(RULES.lease_s)
    assert call("the prober has vanished") is not None


def test_given_a_store_that_is_down_then_an_instance_stands_alone_and_a_new_one_takes_it_for_closed(
    aws: Any, host: ManualHost, instance: Callable[[Breaker], None], transitions: list[tuple[str, str]]
) -> None:
    aws.client("dynamodb").delete_table(TableName="breakers")
    instance(new_instance())
    fail()
    with pytest.raises(GenerationError, match="open"):
        call("answer")
    assert transitions == [("classifier", "open")]
    instance(new_instance())

    assert call("answer") == "answer"


@pytest.mark.parametrize("code", ["ThrottlingException", "ValidationException"])
def test_given_failures_that_say_nothing_of_the_model_then_its_breaker_stays_closed(
    host: ManualHost, instance: Callable[[Breaker], None], code: str
) -> None:
    instance(new_instance())
    fail(RULES.minimum_calls * 2, code)

    assert call("answer") == "answer"


def test_given_an_answer_that_is_rubbish_then_it_is_a_failure_of_the_model(
    host: ManualHost, instance: Callable[[Breaker], None]
) -> None:
    instance(new_instance())
    for _ in range(RULES.minimum_calls):
        with pytest.raises(GenerationError, match="no prediction"):
            call(GenerationError("no prediction"))

    with pytest.raises(GenerationError, match="open"):
        call("answer")


def test_given_budgets_too_short_to_try_then_the_model_is_not_blamed(
    host: ManualHost, instance: Callable[[Breaker], None]
) -> None:
    instance(new_instance())
    for _ in range(RULES.minimum_calls):
        with pytest.raises(GenerationTimeoutError):
            call_model(1, lambda: "answer", MODEL, trace_id="t-1")

    assert call("answer") == "answer"


def test_given_breakers_that_are_switched_off_then_every_call_is_made(
    host: ManualHost, instance: Callable[[Breaker], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIRCUIT_BREAKERS", "off")
    settings.cache_clear()
    instance(new_instance())
    fail(RULES.minimum_calls * 2)

    assert call("answer") == "answer"
