"""One turn, one trace id: in the answer, the execution, every log line, every call of a model or store, and events."""

from typing import Any

import aiohttp
import pytest

from local.stack import Stack
from tests.workflow.conftest import Client

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("stack")]

PRODUCT = "What is Frieren about, and is it sad?"
PERSON = "I want to talk to a human agent"
STEPS_OF_A_GENERATED_REPLY = {
    "open_turn",
    "classify_intent",
    "retrieve_passages",
    "rerank_passages",
    "find_products",
    "recommend_products",
    "generate_reply",
    "check_reply",
    "save_turn",
}
MODELS = {"classifier", "embedding", "reranker", "sonnet", "guardrail"}


async def log_of(stack: Stack, trace_id: str) -> list[dict[str, Any]]:
    async with aiohttp.ClientSession() as http, http.get(f"{stack.url}/turns/{trace_id}/logs") as response:
        assert response.status == 200
        found: list[dict[str, Any]] = (await response.json())["lines"]
        return found


async def test_given_a_turn_when_its_trace_id_is_looked_up_then_steps_models_and_access_log_are_found(
    stack: Stack, client: Client
) -> None:
    answer = await client.say(PRODUCT)
    assert answer.route == "sonnet"
    found = await log_of(stack, answer.body["trace_id"])
    assert {line["step"] for line in found if "step" in line} == STEPS_OF_A_GENERATED_REPLY
    calls = {line["model_name"]: line for line in found if "model_inference_latency_ms" in line}
    assert calls.keys() == MODELS
    assert {line["request_id"] for line in calls.values()} == {answer.body["trace_id"]}
    assert {line["intent"] for line in calls.values()} == {"product_question"}
    assert [line["status"] for line in found if line["log"] == "access"] == ["200"]
    assert [line["at"] for line in found] == sorted(line["at"] for line in found)


async def test_given_a_turn_when_it_calls_models_and_search_then_its_trace_id_arrives_there(
    stack: Stack, client: Client
) -> None:
    answer = await client.say(PRODUCT)
    found = await log_of(stack, answer.body["trace_id"])
    calls = {(line["service"], line["path"].rpartition("/")[2]) for line in found if line["log"] == "calls"}
    assert {("bedrock", "invoke"), ("bedrock", "converse-stream")} <= calls
    assert {("opensearch", "_msearch"), ("opensearch", "_search")} <= calls
    endpoints = {line["path"] for line in found if line["log"] == "calls" and line["service"] == "sagemaker"}
    assert endpoints == {f"/endpoints/mangaassist-local-{name}/invocations" for name in ("classifier", "reranker")}


async def test_given_a_turn_for_a_person_when_its_events_are_published_then_each_names_the_trace_id(
    stack: Stack, client: Client
) -> None:
    answer = await client.say(PERSON)
    of_turn = [event for event in await client.events() if answer.body["trace_id"] in str(event)]
    assert {event["detail-type"] for event in of_turn} == {"HandoverRequested", "TurnCompleted"}, of_turn


async def test_given_a_model_that_fails_when_the_turn_is_looked_up_then_the_error_is_among_its_lines(
    stack: Stack, client: Client
) -> None:
    client.break_down("classifier", "error")
    answer = await client.say(PRODUCT)
    found = await log_of(stack, answer.body["trace_id"])
    (failed,) = [line for line in found if line.get("step") == "classify_intent"]
    assert failed["outcome"] == "ClassificationError"
    (latency,) = [line for line in found if line.get("model_name") == "classifier"]
    assert latency["intent"] == "unknown"
    assert "classify_intent" in {line["fallback"] for line in found if "fallback" in line}
