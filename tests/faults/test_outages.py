"""A model that is down for many turns: its breaker spares them the wait, and closes again when the model is back."""

from collections.abc import Mapping

import pytest

from local.standins.fault_catalogue import Mode
from local.standins.faults import Fault
from tests.faults.judge import mistakes
from tests.faults.scenes import SCENES
from tests.faults.turns import Outcome, Turns, Weather

OUTAGE = 30
LONGEST_OPEN_TURNS = 200
SCENE = "product_en"


@pytest.mark.parametrize("mode", [Mode.ERROR, Mode.HANG])
@pytest.mark.parametrize("model", ["classifier", "embedding", "reranker", "llm", "guardrail"])
def test_given_a_model_that_is_down_for_long_when_it_is_back_then_answers_are_whole_again(
    model: str, mode: Mode, turns: Turns, calm: Mapping[str, Outcome]
) -> None:
    turns.forget()
    down = Weather((Fault(target=model, mode=mode),))

    outage = [turns.take(SCENES[SCENE], down) for _ in range(OUTAGE)]

    assert [mistakes(outcome, calm[SCENE]) for outcome in outage] == [[]] * OUTAGE
    assert all(outcome.degraded for outcome in outage)
    assert sum(bool(outcome.met) for outcome in outage) < OUTAGE
    recovery = (turns.take(SCENES[SCENE]) for _ in range(LONGEST_OPEN_TURNS))
    assert any(not outcome.degraded for outcome in recovery)


def test_given_a_model_that_comes_and_goes_when_customers_ask_then_each_answer_says_what_it_lacks(
    turns: Turns, calm: Mapping[str, Outcome]
) -> None:
    turns.forget()
    flapping = Weather((Fault(target="llm", mode=Mode.ERROR, flapping_ms=300),))

    outcomes = [turns.take(SCENES[SCENE], flapping) for _ in range(OUTAGE)]

    assert [mistakes(outcome, calm[SCENE]) for outcome in outcomes] == [[]] * OUTAGE
