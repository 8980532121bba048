import pytest

from mangaassist.policy.routing import lower_tier, understand
from mangaassist.tables import intents
from tests.unit.builders import turn


def test_a_confident_intent_decides_route_tier_and_retrieval() -> None:
    understanding = understand("faq_policy", 0.8, turn())

    assert (understanding.intent, understanding.route, understanding.tier) == ("faq_policy", "llm", "haiku")
    assert understanding.needs_retrieval
    assert understanding.known_reply_allowed


@pytest.mark.parametrize(("label", "confidence"), [("order_tracking", 0.39), ("an_unknown_label", 0.99)])
def test_an_unsure_or_unknown_intent_is_answered_as_general(label: str, confidence: float) -> None:
    assert understand(label, confidence, turn()).intent == "general"


def test_a_question_about_the_product_on_screen_is_part_of_a_purchase() -> None:
    assert understand("product_question", 0.9, turn()).priority == 2
    assert understand("product_question", 0.9, turn(viewing="one-piece-110-en")).priority == 1


def test_a_session_near_its_budget_gets_the_cheaper_model() -> None:
    assert understand("recommendation", 0.9, turn(highest_tier="haiku")).tier == "haiku"


def test_a_tier_is_never_raised() -> None:
    assert lower_tier("haiku", "sonnet") == "haiku"
    assert lower_tier("sonnet", "sonnet") == "sonnet"


def test_every_intent_that_a_template_answers_is_free_of_retrieval() -> None:
    assert not [name for name, intent in intents().intents.items() if intent.answer != "llm" and intent.retrieval]
