"""Logs and metrics of the functions, as CloudWatch reads them."""

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from local.metrics import samples_of
from mangaassist.contracts import ChatReply, Exchange, SaveTurnInput, Usage
from mangaassist.errors import InvalidRequest, RerankError
from mangaassist.host import host
from mangaassist.telemetry import (
    in_turn,
    logger,
    record_breaker_transition,
    record_fallbacks,
    record_hedge,
    record_model_of_intent,
    record_not_ready,
    record_shortfalls,
    record_step,
    record_turn,
    record_withheld,
    timed_model,
)
from mangaassist.telemetry.declared import FAMILIES, NAMESPACE, SERVICE, UNITS
from tests.handlers.printed import DEPLOYED, documents, of, values
from tests.unit.builders import turn, understanding

TITAN = "amazon.titan-embed-text-v2:0"
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _as_deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in DEPLOYED.items():
        monkeypatch.setenv(name, value)


def answered(route: str = "haiku", intent: str = "faq_policy", degraded: tuple[str, ...] = ()) -> ChatReply:
    return ChatReply.model_validate(
        {
            "trace_id": "t-1",
            "session_id": "s-1",
            "turn_id": "u-1",
            "reply": "Yes.",
            "locale": "en",
            "intent": intent,
            "route": route,
            "degraded": list(degraded),
        }
    )


def saved(reply: ChatReply, **fields: Any) -> SaveTurnInput:
    defaults = {"turn": turn("Do you ship?", trace_id="t-1", deadline_ms=2_800), "cost_usd": 0.002}
    return SaveTurnInput(reply=reply, **{**defaults, **fields})


def record(request: SaveTurnInput, now_ms: int = 1_000) -> None:
    record_turn(request, now_ms=now_ms, embedding_model_id=TITAN)


def a_language_model_answers() -> None:
    with timed_model("haiku", "t-1", intent="faq_policy") as timing:
        timing.first_token_ms = 210
        timing.usage = Usage(input_tokens=900, output_tokens=60, cache_read_tokens=5, cache_write_tokens=7)


def an_embedding_is_made() -> None:
    with timed_model("embedding", "t-1", before_intent=True):
        pass


def capacity_is_missing() -> None:
    with in_turn("t-1"):
        record_shortfalls(1)
        record_not_ready("classifier", is_missing=True)


EVERYTHING: list[Callable[[], None]] = [
    a_language_model_answers,
    an_embedding_is_made,
    lambda: record_model_of_intent("embedding", 12, intent="faq_policy", trace_id="t-1"),
    lambda: record_step("open_turn", trace_id="t-1", ms=12),
    lambda: record_fallbacks(["rerank_passages"], trace_id="t-1"),
    lambda: record_withheld(["price"], trace_id="t-1"),
    lambda: record_breaker_transition("haiku", "open", "t-1"),
    lambda: record_hedge("embedding", True, "t-1"),
    lambda: record(saved(answered(), understanding=understanding())),
    capacity_is_missing,
]


def test_given_everything_that_is_recorded_when_printed_then_it_is_what_is_declared_and_all_of_it(
    capsys: Capture,
) -> None:
    for happening in EVERYTHING:
        happening()
    printed = documents(capsys)
    samples = [sample for document in printed for sample in samples_of(document)]
    seen = {(s.metric.name, s.unit, frozenset(dict(s.metric.dimensions)) - {SERVICE}) for s in samples}
    declared = {
        (name, UNITS[name], frozenset(names))
        for family in FAMILIES
        for name in family.metrics
        for names in family.dimensions
    }
    assert seen == declared
    assert {s.metric.namespace for s in samples} == {NAMESPACE}
    assert all(dict(s.metric.dimensions)[SERVICE] == "mangaassist" for s in samples)
    assert {document["trace_id"] for document in printed} == {"t-1"}


def test_given_a_model_call_when_it_is_measured_then_the_request_is_a_property_and_no_dimension(
    capsys: Capture,
) -> None:
    a_language_model_answers()
    [document] = documents(capsys)
    assert document["request_id"] == "t-1"
    assert all("request_id" not in names for names in document["_aws"]["CloudWatchMetrics"][0]["Dimensions"])
    found = values([document])
    assert found["input_tokens", of({"model_name": "haiku", "intent": "faq_policy"})] == (900,)
    assert found["time_to_first_token_ms", of({"model_name": "haiku"})] == (210,)


def test_given_a_call_before_the_intent_is_known_when_it_answers_then_only_its_model_is_told(capsys: Capture) -> None:
    an_embedding_is_made()
    assert {dimensions for _, dimensions in values(documents(capsys))} == {of({"model_name": "embedding"})}


def test_given_a_call_before_the_intent_is_known_when_it_fails_then_it_counts_as_unknown(capsys: Capture) -> None:
    with pytest.raises(ValueError, match="broken"), timed_model("embedding", "t-1", before_intent=True):
        raise ValueError("broken")
    dimensions = {dimensions for _, dimensions in values(documents(capsys))}
    assert of({"model_name": "embedding", "intent": "unknown"}) in dimensions


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (RerankError("ModelError 500"), "ModelError 500"),
        (InvalidRequest("unknown field: my secret", field="my secret"), None),
        (ValueError("my secret"), None),
    ],
)
def test_given_a_step_that_fails_when_recorded_then_it_gives_a_reason_unless_that_may_be_a_customers_words(
    capsys: Capture, error: Exception, reason: str | None
) -> None:
    record_step("rerank_passages", trace_id="t-1", ms=12, error=error)
    [document] = documents(capsys)
    assert (document["outcome"], document.get("reason")) == (type(error).__name__, reason)


def test_given_a_call_that_was_not_made_when_it_fails_then_it_has_no_latency(capsys: Capture) -> None:
    with pytest.raises(RerankError), timed_model("reranker", "t-1", before_intent=True):
        raise RerankError("the circuit breaker of reranker is open").before_any_call()
    assert documents(capsys) == []


def test_given_a_turn_that_used_its_retrieval_when_saved_then_models_and_time_saved_are_of_its_intent(
    capsys: Capture,
) -> None:
    timings = {"classify_intent": 30, "retrieve_passages": 80, "rerank_passages": 40, "embed_query": 20}
    timings["score_passages"] = 35
    record(saved(answered(), understanding=understanding(), timings=timings))
    found, intent = values(documents(capsys)), of({"intent": "faq_policy"})
    assert found["turns", intent] == found["turns", of({})] == (1,)
    assert found["speculation_used", intent] == (1,)
    assert found["speculation_saved_ms", intent] == (30,)
    assert found["speculation_wasted_usd", intent] == (0,)
    assert found["classifier_confidence", of({})] == (0.9,)
    latency = "model_inference_latency_ms"
    assert found[latency, of({"model_name": "embedding", "intent": "faq_policy"})] == (20,)
    assert found[latency, of({"model_name": "reranker", "intent": "faq_policy"})] == (35,)


def test_given_a_turn_that_discarded_its_retrieval_when_saved_then_the_embedding_is_wasted(capsys: Capture) -> None:
    known = understanding("order_tracking", needs_retrieval=False)
    record(saved(answered("template", "order_tracking"), understanding=known, timings={"classify_intent": 30}))
    found, intent = values(documents(capsys)), of({"intent": "order_tracking"})
    assert (found["speculation_used", intent], found["speculation_discarded", intent]) == ((0,), (1,))
    # "Do you ship?" is 12 bytes: 4 tokens at $0.02 a million.
    assert found["speculation_wasted_usd", intent] == pytest.approx((4 * 0.02 / 1_000_000,))


def test_given_a_turn_whose_retrieval_failed_when_saved_then_it_neither_used_nor_discarded_it(capsys: Capture) -> None:
    record(saved(answered(degraded=("embed_query",)), understanding=understanding()))
    found = values(documents(capsys))
    assert (found["speculation_used", of({})], found["speculation_discarded", of({})]) == ((0,), (0,))
    assert found["fallbacks", of({"fallback": "embed_query"})] == found["fallbacks", of({})] == (1,)
    assert found["degraded_turns", of({"route": "haiku"})] == (1,)


def test_given_a_late_follow_up_that_a_person_gets_when_saved_then_each_of_it_is_counted(capsys: Capture) -> None:
    asked = turn("Again?", deadline_ms=2_800, history=[Exchange(message="hi", reply="hello")])
    record(saved(answered("handover", "general"), turn=asked, cost_usd=0.0), now_ms=2_900)
    found = values(documents(capsys))
    assert found["follow_up_turns", of({"intent": "general"})] == (1,)
    assert found["handed_over_turns", of({})] == found["general_turns", of({})] == (1,)
    assert found["deadline_left_ms", of({"route": "handover"})] == (-100,)
    assert found["turn_cost_usd", of({"route": "handover"})] == (0,)


@pytest.mark.parametrize(("won", "winner"), [(True, "hedge"), (False, "first")])
def test_given_a_hedge_when_recorded_then_it_is_counted_by_which_attempt_answered_first(
    capsys: Capture, won: bool, winner: str
) -> None:
    record_hedge("embedding", won, "t-1")
    assert values(documents(capsys)) == {("hedges", of({"model_name": "embedding", "winner": winner})): (1.0,)}


def test_given_a_turn_at_hand_when_something_is_logged_then_the_line_is_of_that_turn(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for handler in logger().handlers:  # made in an earlier test, perhaps, with that test's standard output
        monkeypatch.setattr(handler, "stream", sys.stdout)
    with in_turn("t-1", "request-1"):
        logger().info("retrying")
        record_hedge("embedding", False)
    logger().info("between turns")
    with in_turn("t-2"):
        logger().info("retrying")
    first, hedge, between, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["trace_id"], first["function_request_id"]) == ("t-1", "request-1")
    assert hedge["trace_id"] == "t-1"
    assert "trace_id" not in between
    assert second["trace_id"] == "t-2"
    assert "function_request_id" not in second


def test_given_a_call_in_the_background_when_it_logs_then_the_line_is_of_the_turn_that_started_it(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for handler in logger().handlers:
        monkeypatch.setattr(handler, "stream", sys.stdout)
    for trace_id in ("t-1", "t-2"):
        with in_turn(trace_id):
            host().start(lambda: logger().info("breaker not read")).result()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["trace_id"] for line in lines] == ["t-1", "t-2"]
