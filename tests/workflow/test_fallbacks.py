"""Every model and store, failing by error and by timeout: the turn is answered, and says what it did without."""

import pytest

from tests.workflow.conftest import Client

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("stack")]

QUESTION = "Do you ship to Alaska and how long does it take?"
PRODUCT = "What is Frieren about, and is it sad?"
ERROR_AND_TIMEOUT = ("error", "hang")


@pytest.mark.parametrize("mode", [*ERROR_AND_TIMEOUT, "throttle", "malformed", "wrong_schema", "nan"])
async def test_without_the_classifier_the_language_model_reasons_in_full(client: Client, mode: str) -> None:
    client.break_down("classifier", mode)

    answer = await client.say(QUESTION)

    assert (answer.body["intent"], answer.route) == ("general", "sonnet")
    assert answer.degraded == {"classify_intent"}


@pytest.mark.parametrize("mode", [*ERROR_AND_TIMEOUT, "throttle", "malformed", "wrong_dimension", "nan"])
async def test_without_the_embedding_the_catalogue_alone_answers(client: Client, mode: str) -> None:
    client.break_down("embedding", mode)

    answer = await client.say(PRODUCT)

    assert answer.route == "sonnet"
    assert answer.degraded == {"embed_query"}
    assert answer.body["sources"] == []


@pytest.mark.parametrize("mode", [*ERROR_AND_TIMEOUT, "malformed", "wrong_schema"])
async def test_without_the_index_nothing_is_retrieved_and_no_product_found(client: Client, mode: str) -> None:
    client.break_down("search", mode)

    answer = await client.say(PRODUCT)

    assert answer.route == "sonnet"
    assert answer.degraded == {"search_passages", "find_products"}


@pytest.mark.parametrize("mode", [*ERROR_AND_TIMEOUT, "wrong_schema", "nan"])
async def test_without_the_reranker_the_nearest_three_by_cosine_are_used(client: Client, mode: str) -> None:
    client.break_down("reranker", mode)

    answer = await client.say(PRODUCT)

    assert answer.route == "sonnet"
    assert answer.degraded == {"rerank_passages"}
    assert len(answer.body["sources"]) == 3


@pytest.mark.parametrize("mode", [*ERROR_AND_TIMEOUT, "throttle", "unavailable", "slow_first_token", "empty"])
async def test_without_the_language_model_a_person_takes_over(client: Client, mode: str) -> None:
    client.break_down("llm", mode)

    answer = await client.say(PRODUCT)

    assert answer.route == "handover"
    assert answer.degraded == {"generate_reply"}
    assert "T-" in answer.body["reply"]


@pytest.mark.parametrize("mode", ["cut", "stall"])
async def test_a_broken_stream_is_never_half_a_sentence(client: Client, mode: str) -> None:
    client.break_down("llm", mode)

    answer = await client.say(PRODUCT)

    if answer.route == "sonnet":
        assert answer.degraded == {"shortened"}
        assert answer.body["reply"].endswith((".", "!", "?"))
    else:
        assert (answer.route, answer.degraded) == ("handover", {"generate_reply"})


async def test_without_the_language_model_a_near_known_question_has_its_reply(client: Client) -> None:
    client.break_down("llm", "error")

    answer = await client.say("How long does shipping to Alaska take, do you ship there?")

    assert answer.route in {"cached", "handover"}
    assert "generate_reply" in answer.degraded or answer.degraded == set()


@pytest.mark.parametrize("mode", [*ERROR_AND_TIMEOUT, "malformed"])
async def test_guardrails_that_fail_fail_closed(client: Client, mode: str) -> None:
    client.break_down("guardrail", mode)

    answer = await client.say(PRODUCT)

    assert answer.degraded == {"check_reply", "withheld"}
    assert answer.body["reply"].startswith("I'm sorry, I can't share")
    assert (answer.body["sources"], answer.body["products"]) == ([], [])


@pytest.mark.parametrize("mode", ["wrong_price", "wrong_language"])
async def test_a_reply_that_breaks_a_rule_is_withheld(client: Client, mode: str) -> None:
    client.break_down("llm", mode)

    answer = await client.say(PRODUCT)

    assert answer.degraded == {"withheld"}


async def test_a_reply_that_the_guardrail_blocks_is_withheld(client: Client) -> None:
    client.break_down("guardrail", "block")

    assert (await client.say(PRODUCT)).degraded == {"withheld"}


@pytest.mark.parametrize("mode", ERROR_AND_TIMEOUT)
@pytest.mark.parametrize(
    ("operation", "degraded"),
    [("Query", "load_customer"), ("catalogue", "find_products"), ("BatchGetItem", "recommend_products")],
)
async def test_data_that_cannot_be_had_is_done_without(
    client: Client, mode: str, operation: str, degraded: str
) -> None:
    client.break_down("dynamodb", mode, operation)

    answer = await client.say(PRODUCT, customer="cust-ben")

    assert answer.status == 200
    assert degraded in answer.degraded
    assert answer.route == "sonnet"


async def test_orders_that_cannot_be_seen_are_not_denied(client: Client) -> None:
    client.break_down("dynamodb", "error", "Query")

    answer = await client.say("Where is my order MA-48213?", customer="cust-aiko", locale="en")

    assert answer.route == "template"
    assert "can't see your orders at the moment" in answer.body["reply"]
    assert "load_customer" in answer.degraded


@pytest.mark.parametrize("mode", ERROR_AND_TIMEOUT)
async def test_a_turn_that_cannot_be_saved_is_answered(client: Client, mode: str) -> None:
    client.break_down("dynamodb", mode, "TransactWriteItems")

    answer = await client.say("Hi there!")

    assert (answer.status, answer.route, answer.degraded) == (200, "template", {"save_turn"})


@pytest.mark.parametrize("mode", ERROR_AND_TIMEOUT)
async def test_while_the_store_is_down_a_turn_is_answered(client: Client, mode: str) -> None:
    client.break_down("dynamodb", mode)

    answer = await client.say("Hi there!", customer="cust-ben", session_id="s-of-somebody")

    assert (answer.status, answer.route) == (200, "template")
    assert {"session", "save_turn"} <= answer.degraded


@pytest.mark.parametrize("mode", ERROR_AND_TIMEOUT)
async def test_a_hand_over_that_reaches_nobody_does_not_say_that_it_did(client: Client, mode: str) -> None:
    client.break_down("events", mode)

    answer = await client.say("Can I talk to a real person please")

    assert answer.route == "handover"
    assert answer.degraded == {"hand_over", "publish_turn"}
    assert "could not reach an agent" in answer.body["reply"]


async def test_an_intent_without_retrieval_does_not_wait_for_one_that_hangs(client: Client) -> None:
    client.break_down("embedding", "hang")

    answer = await client.say("Hi there!")

    (discarded,) = [state for state in answer.states if state["name"] == "Retrieve passages"]
    (saved,) = [state for state in answer.states if state["name"] == "Save turn"]
    assert (answer.route, answer.degraded) == ("template", set())
    assert discarded["status"] == "aborted"
    assert discarded["left"] <= saved["entered"]


async def test_everything_down_at_once_still_answers(client: Client) -> None:
    for target in ("classifier", "embedding", "search", "reranker", "llm", "guardrail", "dynamodb", "events"):
        client.break_down(target, "error")

    answer = await client.say("返品できますか？")

    assert (answer.status, answer.route, answer.body["locale"]) == (200, "handover", "ja")
    assert "申し訳ございません" in answer.body["reply"]
