"""Metrics of what keeps a turn alive: circuit breakers and hedges."""

import json

import pytest

from mangaassist.telemetry import record_breaker_transition, record_hedge


@pytest.fixture(autouse=True)
def _as_deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "MangaAssist")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "mangaassist")


def _metrics(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [line for text in capsys.readouterr().out.splitlines() if "_aws" in (line := json.loads(text))]


def test_a_breaker_that_opens_is_counted_by_model_and_state(capsys: pytest.CaptureFixture[str]) -> None:
    record_breaker_transition("classifier", "open", "trace-1")

    [metric] = _metrics(capsys)
    assert (metric["model_name"], metric["state"], metric["trace_id"]) == ("classifier", "open", "trace-1")
    assert metric["breaker_transitions"] == [1.0]


@pytest.mark.parametrize(("won", "winner"), [(True, "hedge"), (False, "first")])
def test_a_hedge_is_counted_by_which_attempt_answered_first(
    capsys: pytest.CaptureFixture[str], won: bool, winner: str
) -> None:
    record_hedge("embedding", won, "trace-1")

    [metric] = _metrics(capsys)
    assert (metric["model_name"], metric["winner"]) == ("embedding", winner)
    assert metric["hedges"] == [1.0]
