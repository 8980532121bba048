import pytest

from mangaassist.contracts import Customer, Gathered, HandOverInput, KnownReply, Usage
from mangaassist.errors import InvalidRequest
from mangaassist.policy.budget import highest_tier, is_exhausted
from mangaassist.policy.deadline import REFERENCE_MS, STEP_BUDGETS, budget_ms
from mangaassist.policy.handover import handover_text
from mangaassist.policy.known_replies import is_near, matches
from mangaassist.policy.language import japanese_share, locale_of, normalized
from mangaassist.policy.pricing import cost_usd
from mangaassist.policy.requests import parse
from tests.unit.builders import order, turn

TITAN = "amazon.titan-embed-text-v2:0"


@pytest.mark.parametrize(
    ("text", "locale"),
    [("where is my order", "en"), ("返品したい", "ja"), ("ONE PIECEの新刊", "ja"), ("ﾜﾝﾋﾟｰｽ", "ja"), ("🙂", "en")],
)
def test_any_kana_or_kanji_makes_a_message_japanese(text: str, locale: str) -> None:
    assert locale_of(text) == locale


def test_the_share_of_japanese_counts_letters_only() -> None:
    assert japanese_share("あいAB 12!!") == 0.5
    assert japanese_share("123") == 0.0


def test_normalising_folds_width_case_and_punctuation() -> None:
    assert normalized("  Ｈｅｌｌｏ，  World!! ") == "hello world"


def test_a_budget_is_capped_and_leaves_the_later_steps_their_time() -> None:
    rules = STEP_BUDGETS["generate_reply"]

    def budget(now_ms: int) -> int:
        return budget_ms("generate_reply", arrived_ms=0, deadline_ms=REFERENCE_MS, now_ms=now_ms)

    assert budget(-1_000) == rules.cap_ms
    assert budget(1_000) == REFERENCE_MS - 1_000 - rules.reserve_ms
    assert budget(5_000) == 0


def test_with_twice_the_time_a_step_may_take_twice_as_long() -> None:
    once = budget_ms("find_products", arrived_ms=0, deadline_ms=REFERENCE_MS, now_ms=0)
    twice = budget_ms("find_products", arrived_ms=0, deadline_ms=2 * REFERENCE_MS, now_ms=0)

    assert (once, twice) == (150, 300)


def test_the_model_is_chosen_by_what_the_session_has_spent() -> None:
    assert highest_tier(0.01) == "sonnet"
    assert highest_tier(0.06) == "haiku"
    assert not is_exhausted(0.24)
    assert is_exhausted(0.25)


def test_a_call_costs_its_tokens_times_the_price_list() -> None:
    usage = Usage(input_tokens=1_000, output_tokens=150)

    assert cost_usd("global.anthropic.claude-sonnet-5-5", usage) == pytest.approx(0.0035)
    with pytest.raises(ValueError, match="no prices for unknown"):
        cost_usd("unknown", usage)


@pytest.mark.parametrize(("similarity", "same", "near"), [(0.98, True, True), (0.9, False, True), (0.5, False, False)])
def test_a_known_reply_answers_the_same_question_and_stands_in_for_a_near_one(
    similarity: float, same: bool, near: bool
) -> None:
    reply = KnownReply(id="k", question="q", reply="r", similarity=similarity)

    assert matches(reply, TITAN, "en") is same
    assert is_near(reply, TITAN, "en") is near
    assert not matches(None, TITAN, "en")


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        ("{", "body", "not valid JSON"),
        ("[1]", "body", "not a JSON object"),
        ("{}", "message", "is missing"),
        ('{"message": "  "}', "message", "must not be empty"),
        ('{"message": 5}', "message", "must be a string"),
        ('{"message": "' + "x" * 2_001 + '"}', "message", "longer than 2000 characters"),
        ('{"message": "hi", "locale": "fr"}', "locale", "'en' or 'ja'"),
        ('{"message": "hi", "customer_id": "cust-ben"}', "customer_id", "not a field"),
        ('{"message": "hi", "turn_id": "a b"}', "turn_id", "letters, digits"),
        ('{"message": "hi", "card 4111": 1}', "body", "not one of this request"),
        ('{"message": "hi", "' + "k" * 40_000 + '": 1}', "body", "not one of this request"),
    ],
)
def test_a_bad_body_is_refused_by_field_and_reason(body: str, field: str, reason: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse(body)

    assert refused.value.public["field"] == field
    assert reason in str(refused.value.public["message"])


def test_a_message_of_exactly_the_longest_length_is_accepted() -> None:
    assert len(parse('{"message": "' + "あ" * 2_000 + '"}').message) == 2_000


def test_a_hand_over_says_why_and_names_the_customers_own_order_only() -> None:
    gathered = Gathered(customer=Customer(orders=[order("MA-48213")]))

    def text(message: str, reason: str) -> str:
        return handover_text(HandOverInput(turn=turn(message), reason=reason, gathered=gathered), "T-1")

    assert "about order MA-48213" in text("cancel MA-48213", "order_change")
    assert "MA-99999" not in text("cancel MA-99999", "order_change")
    assert text("a person please", "human_agent").startswith("Of course.")
    assert "I can't answer that right now" in text("anything", "generate_reply")
