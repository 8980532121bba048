"""The report of what the functions measured: sliced by model, intent and time, and within 80 columns."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from local.errors import NothingMeasuredError
from local.metrics import Sample, metric
from local.report import Measurements, Slice, measured, price_of, report
from mangaassist.contracts import ChatReply, SaveTurnInput, Usage
from mangaassist.errors import RerankTimeoutError
from mangaassist.telemetry import record_fallbacks, record_step, record_turn, timed_model
from tests.unit.builders import turn, understanding

LATENCY = "model_inference_latency_ms"
START = 1_700_000_040.0  # a full minute
Write = Callable[[Callable[[], None]], None]


def call(at: float, ms: float, model: str = "haiku", intent: str = "faq_policy") -> list[Sample]:
    sets = ({"model_name": model}, {"model_name": model, "intent": intent})
    named = [metric("MangaAssist", LATENCY, {**dimensions, "service": "mangaassist"}) for dimensions in sets]
    return [Sample(one, at, (ms,), "Milliseconds") for one in named]


CALLS = Measurements(
    [
        *call(START, 100),
        *call(START + 1, 300),
        *call(START + 60, 500),
        *call(START + 61, 40, model="classifier"),
        *call(START + 62, 700, intent="general"),
    ]
)


def p99(measurements: Measurements, *dimensions: str) -> dict[tuple[str, ...], float]:
    return {key: values.statistic("p99") for key, values in measurements.by(LATENCY, *dimensions).items()}


def test_given_calls_when_sliced_by_model_and_intent_then_each_has_percentiles_of_its_own() -> None:
    assert p99(CALLS, "model_name", "intent") == {
        ("classifier", "faq_policy"): 40,
        ("haiku", "faq_policy"): 500,
        ("haiku", "general"): 700,
    }
    assert p99(CALLS, "model_name") == {("classifier",): 40, ("haiku",): 700}


def test_given_calls_when_one_model_and_intent_are_asked_for_then_nothing_else_is_left() -> None:
    chosen = CALLS.of(Slice(model_name="haiku", intent="faq_policy"))
    assert p99(chosen, "model_name", "intent") == {("haiku", "faq_policy"): 500}


def test_given_calls_of_two_minutes_when_windowed_then_each_minute_has_percentiles_of_its_own() -> None:
    windows = CALLS.of(Slice(model_name="haiku")).by_window(1, LATENCY, "model_name", "intent")
    assert {key: values.statistic("p50") for key, values in windows.items()} == {
        ("haiku", "faq_policy", f"{START:.0f}"): 100,
        ("haiku", "faq_policy", f"{START + 60:.0f}"): 500,
        ("haiku", "general", f"{START + 60:.0f}"): 700,
    }


def test_given_calls_when_only_the_latest_time_is_asked_for_then_older_ones_are_left_out() -> None:
    assert p99(CALLS.of(Slice(minutes=0.5)), "model_name") == {("classifier",): 40, ("haiku",): 700}
    assert sum(values.count for values in CALLS.of(Slice(minutes=0.5)).by(LATENCY, "model_name").values()) == 3


def test_given_a_million_turns_when_priced_then_each_call_would_be_a_metric_for_an_hour() -> None:
    turns = [Sample(metric("MangaAssist", "turns", {"service": "mangaassist"}), START, (1.0,), "Count")] * 2
    price = price_of(Measurements([*CALLS.samples, *turns], log_bytes=20_000))
    assert price is not None
    assert price.series == 6
    assert price.series_usd_a_month == pytest.approx(1.8)
    assert price.log_bytes_a_turn == 10_000
    assert price.log_usd_a_million_turns == pytest.approx(5.0)
    assert price.calls_a_turn == 2.5
    assert price.request_dimension_usd_a_million_turns == pytest.approx(2.5e6 * 0.3 / 730)


@pytest.fixture
def logged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The log that functions would leave: a step that failed, a generated reply, a turn that discarded speculation."""
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "MangaAssist")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "mangaassist")
    lines: list[str] = ["{}"]
    with monkeypatch.context() as patch:
        patch.setattr("builtins.print", lines.append)
        record_step("rerank_passages", trace_id="t-1", ms=350, error=RerankTimeoutError("no answer"))
        record_fallbacks(["rerank_passages"], trace_id="t-1")
        with timed_model("sonnet", "t-1", intent="product_question") as timing:
            timing.first_token_ms, timing.usage = 210, Usage(input_tokens=123_456, output_tokens=7_890)
        shown = {"trace_id": "t-1", "session_id": "s-1", "turn_id": "u-1", "reply": "Yes.", "locale": "en"}
        for intent, route, needed in (("product_question", "sonnet", True), ("price_availability", "template", False)):
            request = SaveTurnInput(
                turn=turn("Hello?", deadline_ms=2_800),
                reply=ChatReply.model_validate({**shown, "intent": intent, "route": route}),
                understanding=understanding(intent, needs_retrieval=needed),
                timings={"classify_intent": 43, "retrieve_passages": 80},
                cost_usd=0.0126,
            )
            record_turn(request, now_ms=1_000, embedding_model_id="amazon.titan-embed-text-v2:0")
    (tmp_path / "mangaassist-local-SaveTurnFunction.log").write_text("\n".join(lines) + "\n")
    return tmp_path


def printed(measurements: Measurements, asked: Slice) -> str:
    console = Console(file=io.StringIO(), width=80)
    console.print(report(measurements, asked), highlight=False)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_given_the_logs_of_a_stack_when_reported_then_every_question_has_its_row_and_nothing_is_cut(
    logged: Path,
) -> None:
    text = printed(measured(logged), Slice())
    rows = [" ".join(line.split()) for line in text.splitlines()]
    assert text.startswith("2 turns,")
    assert any(row.startswith("sonnet product_question 1 ") for row in rows)
    assert "sonnet 210 210 123456 7890 0 0" in rows
    assert "product_question 1 43 0 0.00" in rows
    assert "price_availability 0 – 1 0.04" in rows
    assert "template 1 0.012600 0.0126 1800 1800 0" in rows
    assert "step rerank_passages: RerankTimeoutError 1" in rows
    assert "fallback rerank_passages 1" in rows
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_given_the_logs_of_a_stack_when_reported_by_window_then_models_have_the_time_beside_them(logged: Path) -> None:
    text = printed(measured(logged), Slice(window=1, model_name="sonnet"))
    assert "Models by window" in text
    assert "from (UTC)" in text
    assert "…" not in text


def test_given_a_slice_in_which_nothing_was_measured_when_reported_then_it_says_so(logged: Path) -> None:
    assert "Nothing was measured" in printed(measured(logged), Slice(model_name="opus"))


def test_given_a_stack_that_never_ran_when_reported_then_the_error_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NothingMeasuredError, match="make serve"):
        measured(tmp_path)
