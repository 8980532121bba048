"""What turns publish, where the template sends it, and what happens when the bus fails."""

import asyncio
import json
from typing import Any

import pytest

from local.stack import Stack
from tests.workflow.conftest import Client

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("stack")]


def _waiting_for_agents(stack: Stack) -> list[dict[str, Any]]:
    """The hand-overs in the agents' queue, which are taken from it."""
    sqs = stack.cloud.clients.of("sqs")
    url = sqs.get_queue_url(QueueName="mangaassist-local-agents")["QueueUrl"]
    taken: list[dict[str, Any]] = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            taken.append(json.loads(message["Body"]))
    return taken


async def test_given_a_customer_who_wants_a_person_when_handed_over_then_one_ticket_waits_for_the_agents(
    stack: Stack, client: Client
) -> None:
    await asyncio.to_thread(_waiting_for_agents, stack)
    answer = await client.say("Can I talk to a real person please?")
    await stack.events.work.settled()
    (ticket,) = await asyncio.to_thread(_waiting_for_agents, stack)
    assert (ticket["source"], ticket["detail-type"]) == ("mangaassist.chat", "HandoverRequested")
    assert ticket["detail"]["trace_id"] == answer.body["trace_id"]
    (delivery,) = [record for record in stack.events.journal.deliveries if record.event_id == ticket["id"]]
    assert (delivery.outcome, len(delivery.attempts)) == ("delivered", 1)


async def test_given_a_turn_for_no_agent_when_it_is_completed_then_nothing_waits_for_them(
    stack: Stack, client: Client
) -> None:
    await asyncio.to_thread(_waiting_for_agents, stack)
    answer = await client.say("Hi there!")
    await stack.events.work.settled()
    published = [
        event["detail-type"] for event in await client.events() if answer.body["trace_id"] in json.dumps(event)
    ]
    assert published == ["TurnCompleted"]
    assert await asyncio.to_thread(_waiting_for_agents, stack) == []


async def test_given_a_bus_that_takes_nothing_when_a_person_is_wanted_then_no_ticket_waits_and_the_answer_says_so(
    stack: Stack, client: Client
) -> None:
    await asyncio.to_thread(_waiting_for_agents, stack)
    client.break_down("events", "partial")
    answer = await client.say("Can I talk to a real person please?")
    assert "hand_over" in answer.degraded
    await stack.events.work.settled()
    assert await asyncio.to_thread(_waiting_for_agents, stack) == []
