"""A model that is down is left alone and found again; a turn that could not be saved is saved once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import aiohttp
import pytest

from local.stack import Stack
from tests.workflow.conftest import Client

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("stack")]

Found = TypeVar("Found")
QUESTION = "Do you ship to Alaska and how long does it take?"
QUEUE = "mangaassist-local-unsettled-turns"
TABLE = "mangaassist-local-sessions"
PATIENCE_S = 30
FAILING_TURNS = 10


async def breakers(stack: Stack) -> dict[str, str]:
    """The state of each breaker that has moved."""
    async with aiohttp.ClientSession() as http, http.get(f"{stack.url}/breakers") as response:
        return {breaker["model"]: breaker["state"] for breaker in (await response.json())["breakers"]}


async def items(stack: Stack, session_id: str) -> list[dict[str, Any]]:
    """What stands in a session."""
    query = {
        "TableName": TABLE,
        "KeyConditionExpression": "session_id = :session",
        "ExpressionAttributeValues": {":session": {"S": session_id}},
    }
    found = await asyncio.to_thread(lambda: stack.cloud.clients.of("dynamodb").query(**query))
    return list(found["Items"])


@pytest.fixture
def impatient(stack: Stack) -> Iterator[None]:
    """What could not be settled is tried again at once."""
    sqs = stack.cloud.clients.of("sqs")
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "0"})
    yield
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "180"})


async def eventually(look: Callable[[], Awaitable[Found]]) -> Found:
    """What a look finds, once it finds something: a poller of the stack brings it about."""
    async with asyncio.timeout(PATIENCE_S):
        while not (found := await look()):  # noqa: ASYNC110  # nothing tells when the queue is polled
            await asyncio.sleep(0.1)
    return found


async def published(client: Client, trace_id: str) -> bool:
    return any(trace_id in str(event) for event in await client.events())


async def test_given_a_classifier_that_keeps_failing_then_it_is_called_no_more_and_turns_go_on(
    stack: Stack, client: Client
) -> None:
    client.break_down("classifier", "error")
    for _ in range(FAILING_TURNS):
        await client.say(QUESTION)
    stack.faults.switch_off()

    answer = await client.say(QUESTION)

    assert (answer.route, answer.degraded) == ("sonnet", {"classify_intent"})
    assert await breakers(stack) == {"classifier": "open"}
    (asked,) = [state for state in answer.states if state["name"] == "Classify intent"]
    assert "circuit breaker of classifier is open" in str(asked)


async def test_given_a_store_that_is_down_when_it_is_back_then_the_turn_is_kept_and_charged_once(
    stack: Stack, client: Client, impatient: None
) -> None:
    client.break_down("dynamodb", "error")
    turns = [await client.say(QUESTION, customer="cust-ben", session_id="s-reliable", turn_id="t-1") for _ in range(2)]
    assert [turn.degraded >= {"session", "save_turn"} for turn in turns] == [True, True]
    stack.faults.switch_off()

    found = await eventually(lambda: items(stack, "s-reliable"))

    assert sorted(item["item"]["S"].split("#")[0] for item in found) == ["EXCHANGE", "SESSION", "TURN"]
    (session,) = [item for item in found if item["item"]["S"] == "SESSION"]
    (answer,) = [item for item in found if item["item"]["S"] == "TURN#t-1"]
    costs = [turn.body["debug"]["cost_usd"] for turn in turns if turn.body["trace_id"] in answer["reply"]["S"]]
    assert [float(session["spent_usd"]["N"])] == pytest.approx(costs, abs=1e-6)
    again = await client.say(QUESTION, customer="cust-ben", session_id="s-reliable", turn_id="t-1")
    assert again.body["reply"] in [turn.body["reply"] for turn in turns]


async def test_given_a_bus_that_is_down_when_it_is_back_then_the_turn_is_published(
    stack: Stack, client: Client, impatient: None
) -> None:
    client.break_down("events", "error")
    answer = await client.say("Hi there!")
    assert answer.degraded == {"publish_turn"}
    stack.faults.switch_off()

    assert await eventually(lambda: published(client, answer.body["trace_id"]))


async def test_given_a_session_of_somebody_else_while_nobody_can_look_it_up_then_nothing_of_it_is_shown_or_changed(
    stack: Stack, client: Client, impatient: None
) -> None:
    first = await client.say("Hi there!", customer="cust-aiko", session_id="s-of-aiko")
    before = await items(stack, "s-of-aiko")
    client.break_down("dynamodb", "error")
    answer = await client.say(QUESTION, customer="cust-ben", session_id="s-of-aiko", turn_id="t-1")
    stack.faults.switch_off()

    assert first.body["reply"] not in answer.body["reply"]
    assert await eventually(lambda: published(client, answer.body["trace_id"]))
    assert await items(stack, "s-of-aiko") == before
