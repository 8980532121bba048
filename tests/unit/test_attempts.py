"""Attempts in scripted time: hedged after the p95 where there is time for two, and counted."""

from collections.abc import Iterator

import pytest
from botocore.exceptions import ConnectionClosedError

from mangaassist.aws import attempts
from mangaassist.aws.attempts import answer, latencies, p95_ms
from mangaassist.aws.calls import Dependency, call_within
from mangaassist.errors import EmbeddingError, EmbeddingTimeoutError
from mangaassist.host import hosted_by
from mangaassist.policy.latency import ENOUGH
from mangaassist.tables import dependencies
from tests.unit.hosts import Ends, ScriptedHost

HEDGED = "embedding"
PLAIN = "reranker"
P95_S = dependencies()[HEDGED].p95_ms / 1000
BUDGET_S = 4 * P95_S
LOST = ConnectionClosedError(endpoint_url="x")


@pytest.fixture
def host() -> Iterator[ScriptedHost]:
    latencies.cache_clear()
    scripted = ScriptedHost()
    with hosted_by(scripted):
        yield scripted
    latencies.cache_clear()


@pytest.fixture
def hedges(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """What was counted: the model, and whether the hedge answered first."""
    counted: list[tuple[str, bool]] = []
    monkeypatch.setattr(attempts, "record_hedge", lambda model, won, _trace_id: counted.append((model, won)))
    return counted


def ask(name: str, *ends: Ends, budget_s: float = BUDGET_S) -> object:
    """The answer of a call whose attempts come to these ends, in the order in which they begin."""
    coming = iter(ends)
    return answer(name, lambda: next(coming), budget_s, trace_id="t-1")


def test_given_an_answer_before_the_p95_then_there_is_one_attempt(
    host: ScriptedHost, hedges: list[tuple[str, bool]]
) -> None:
    assert ask(HEDGED, Ends(P95_S, "first")) == "first"
    assert (len(host.started), hedges) == (1, [])


def test_given_a_first_attempt_that_is_late_then_the_second_begins_at_the_p95_and_the_first_answer_counts(
    host: ScriptedHost, hedges: list[tuple[str, bool]]
) -> None:
    began = host.monotonic()

    assert ask(HEDGED, Ends(99, "first"), Ends(0.01, "second")) == "second"
    assert host.monotonic() - began == pytest.approx(P95_S + 0.01)
    assert [attempt.given_up for attempt in host.started] == [True, False]
    assert hedges == [(HEDGED, True)]


def test_given_a_first_attempt_that_is_late_but_answers_before_its_hedge_then_it_counts(
    host: ScriptedHost, hedges: list[tuple[str, bool]]
) -> None:
    assert ask(HEDGED, Ends(P95_S * 1.5, "first"), Ends(P95_S, "second")) == "first"
    assert hedges == [(HEDGED, False)]


def test_given_one_of_two_that_fails_then_the_other_is_waited_for(
    host: ScriptedHost, hedges: list[tuple[str, bool]]
) -> None:
    assert ask(HEDGED, Ends(P95_S * 2, "first"), Ends(0.01, LOST)) == "first"
    assert hedges == [(HEDGED, False)]


def test_given_two_that_fail_then_the_last_failure_is_raised(
    host: ScriptedHost, hedges: list[tuple[str, bool]]
) -> None:
    with pytest.raises(ConnectionClosedError):
        ask(HEDGED, Ends(P95_S * 2, LOST), Ends(0.01, ValueError("sooner")))
    assert hedges == [(HEDGED, False)]


def test_given_two_that_hang_then_the_budget_ends_both(host: ScriptedHost, hedges: list[tuple[str, bool]]) -> None:
    began = host.monotonic()

    with pytest.raises(TimeoutError):
        ask(HEDGED, Ends(99, "first"), Ends(99, "second"))
    assert host.monotonic() - began == pytest.approx(BUDGET_S)
    assert [attempt.given_up for attempt in host.started] == [True, True]
    assert hedges == [(HEDGED, False)]


def test_given_no_time_for_a_second_attempt_then_none_begins(
    host: ScriptedHost, hedges: list[tuple[str, bool]]
) -> None:
    assert ask(HEDGED, Ends(P95_S * 1.5, "first"), budget_s=P95_S * 1.9) == "first"
    assert (len(host.started), hedges) == (1, [])


def test_given_a_dependency_that_the_table_does_not_hedge_then_a_late_attempt_is_waited_for(
    host: ScriptedHost, hedges: list[tuple[str, bool]]
) -> None:
    assert ask(PLAIN, Ends(3, "first"), budget_s=5) == "first"
    assert (len(host.started), hedges) == (1, [])


def test_given_many_fast_answers_then_no_attempt_is_late_sooner_than_the_table_says(
    host: ScriptedHost, hedges: list[tuple[str, bool]]
) -> None:
    for _ in range(ENOUGH):
        ask(HEDGED, Ends(0.01, "first"))
    began = host.monotonic()

    ask(HEDGED, Ends(99, "first"), Ends(0.01, "second"))
    assert p95_ms(HEDGED) < P95_S * 1000
    assert host.monotonic() - began == pytest.approx(P95_S + 0.01)


def test_given_a_dependency_that_has_become_slow_then_hedging_waits_longer(
    host: ScriptedHost, hedges: list[tuple[str, bool]]
) -> None:
    for _ in range(ENOUGH):
        ask(HEDGED, Ends(P95_S * 1.5, "first"), Ends(99, "second"))
    hedges.clear()

    ask(HEDGED, Ends(P95_S * 1.5, "first"))
    assert hedges == []


NAMED = Dependency(PLAIN, EmbeddingError, EmbeddingTimeoutError)
NAMED_P95_S = dependencies()[PLAIN].p95_ms / 1000


def call(host: ScriptedHost, budget_s: float, *ends: Ends) -> object:
    coming = iter(ends)
    return call_within(round(budget_s * 1000), lambda: next(coming), NAMED)


def test_given_a_budget_below_the_p95_then_nothing_is_tried(host: ScriptedHost) -> None:
    with pytest.raises(EmbeddingTimeoutError, match="too few"):
        call(host, NAMED_P95_S - 0.01, Ends(0.0, "first"))
    assert host.started == []


def test_given_a_transient_failure_with_time_left_then_it_is_tried_again(host: ScriptedHost) -> None:
    assert call(host, NAMED_P95_S * 2, Ends(0.01, LOST), Ends(0.01, "second")) == "second"


def test_given_a_transient_failure_without_time_for_another_then_it_is_the_answer(host: ScriptedHost) -> None:
    with pytest.raises(EmbeddingError, match="ConnectionClosedError"):
        call(host, NAMED_P95_S * 2, Ends(NAMED_P95_S * 1.1, LOST), Ends(0.0, "second"))
    assert len(host.started) == 1
