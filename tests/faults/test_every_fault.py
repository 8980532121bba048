"""Every fault of every dependency, by itself, against the deployed workflow and handlers."""

from collections.abc import Mapping

import pytest

from local.standins.fault_catalogue import Mode, of_turns
from local.standins.faults import Fault
from tests.faults.judge import mistakes
from tests.faults.scenes import SCENES
from tests.faults.turns import Outcome, Turns, Weather

# Between them they need every dependency.
ASKED = ("order_ja", "known_en", "near_ja", "product_en", "policy_ja", "person_en")
# What each dependency's failure may be called, in `degraded`.
NAMES = {
    "classifier": {"classify_intent"},
    "embedding": {"embed_query"},
    "reranker": {"rerank_passages"},
    "llm": {"generate_reply", "shortened", "withheld"},
    "guardrail": {"check_reply", "withheld"},
    "search": {"search_passages", "find_products"},
    "dynamodb": {"session", "viewing", "load_customer", "find_products", "recommend_products", "save_turn"},
    "events": {"hand_over", "publish_turn"},
    "queue": set[str](),
    "parameters": set[str](),
    "secrets": {"session_token"},
}


@pytest.mark.parametrize("scene", SCENES)
def test_given_nothing_that_fails_when_a_customer_asks_then_nothing_is_degraded(
    scene: str, calm: Mapping[str, Outcome]
) -> None:
    outcome = calm[scene]

    assert mistakes(outcome, outcome) == []
    assert (outcome.reply["route"], outcome.reply["intent"]) == (outcome.scene.route, outcome.scene.intent)
    assert outcome.degraded == set()


@pytest.mark.parametrize(("target", "mode"), [(target, mode) for target, mode in of_turns()])
def test_given_one_fault_when_customers_ask_then_each_gets_an_answer_that_says_what_is_missing(
    target: str, mode: Mode, turns: Turns, calm: Mapping[str, Outcome]
) -> None:
    fault = Fault(target=target, mode=mode)
    met = 0
    for name in ASKED:
        turns.forget()
        outcome = turns.take(SCENES[name], Weather((fault,)))
        met += bool(outcome.met)

        assert mistakes(outcome, calm[name]) == [], name
        assert outcome.degraded <= NAMES[target], name

    # Nothing is queued while the store is well.
    assert (met > 0) == (target != "queue")
