"""A platform that hangs: what no function sees, and no budget bounds, but the workflow's own timeouts."""

from collections.abc import Mapping

import pytest

from mangaassist.policy.language import locale_of
from tests.faults.judge import LATEST_MS
from tests.faults.scenes import SCENES
from tests.faults.turns import Outcome, Turns, Weather

# The longest TimeoutSeconds of a state, in milliseconds.
STATE_TIMEOUT_MS = 4_000
ON_THE_WAY = {
    "OpenTurnFunction": "policy_ja",
    "ClassifyIntentFunction": "policy_ja",
    "RetrievePassagesFunction": "product_en",
    "RerankPassagesFunction": "product_en",
    "LoadCustomerFunction": "policy_ja",
    "FindProductsFunction": "price_ja",
    "RecommendProductsFunction": "product_en",
    "FillTemplateFunction": "price_en",
    "GenerateReplyFunction": "near_ja",
    "CheckReplyFunction": "product_ja",
    "HandOverFunction": "person_ja",
    "SaveTurnFunction": "known_en",
}


@pytest.mark.parametrize(("function", "scene"), ON_THE_WAY.items())
def test_given_a_function_that_never_begins_when_a_customer_asks_then_the_workflow_answers_without_it(
    function: str, scene: str, turns: Turns, calm: Mapping[str, Outcome]
) -> None:
    turns.forget()

    outcome = turns.take(SCENES[scene], Weather(hanging=function))

    assert outcome.record.status == "SUCCEEDED"
    assert locale_of(outcome.reply["reply"]) == SCENES[scene].locale
    assert outcome.degraded
    assert outcome.ms <= calm[scene].ms + STATE_TIMEOUT_MS < LATEST_MS + STATE_TIMEOUT_MS
