"""Real turns, the metrics their functions print, and an alarm of the template that goes off and is quiet again."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from local.alarms import State
from local.stack import Stack
from tests.workflow.conftest import Client, forget_breakers

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("stack")]

PRODUCT = "What is Frieren about, and is it sad?"
ALARM = "GenerateReplyFallbacksAlarm"


async def get(stack: Stack, path: str) -> dict[str, Any]:
    async with aiohttp.ClientSession() as http, http.get(f"{stack.url}{path}") as response:
        assert response.status == 200
        found: dict[str, Any] = await response.json()
        return found


async def pass_minutes(stack: Stack, count: int = 1) -> State:
    """Move the clock on by full minutes, evaluate what was before, and see what the alarm says."""
    moment = datetime.fromtimestamp((stack.clock.now() // 60 + count) * 60 + 0.5, UTC)
    async with aiohttp.ClientSession() as http:
        body = {"advance_to": moment.isoformat()}
        async with http.post(f"{stack.url}/clock", json=body) as response:
            assert response.status == 200
    await stack.monitoring.watch.evaluate()
    return stack.monitoring.watch.situation(ALARM).state


async def test_given_a_language_model_that_fails_when_turns_fall_back_then_the_alarm_goes_off_and_ends_with_it(
    stack: Stack, client: Client
) -> None:
    clients = stack.cloud.clients
    sqs, events = clients.of("sqs"), clients.of("events")
    told = sqs.create_queue(QueueName="alarm-notifications")["QueueUrl"]
    heard = sqs.create_queue(QueueName="alarm-events")["QueueUrl"]
    (topic,) = {arn for alarm in stack.monitoring.alarms for arn in alarm.settings.ok_actions}
    subscribe = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": arn_of(sqs, told)}
    await asyncio.to_thread(clients.of("sns").subscribe, **subscribe)
    pattern = {"source": ["aws.cloudwatch"], "detail": {"alarmName": [{"suffix": ALARM}]}}
    await asyncio.to_thread(events.put_rule, Name="alarms", EventPattern=json.dumps(pattern))
    await asyncio.to_thread(events.put_targets, Rule="alarms", Targets=[{"Id": "1", "Arn": arn_of(sqs, heard)}])

    # Whatever failed in earlier tests is out of the alarm's sight.
    assert await pass_minutes(stack, 6) is State.OK
    # Throttled, a model is called again and again: no circuit breaker stays open when it is well.
    client.break_down("llm", "throttle")
    states = []
    for _ in range(2):
        answers = [await client.say(PRODUCT) for _ in range(7)]
        assert all("generate_reply" in answer.degraded for answer in answers)
        states.append(await pass_minutes(stack))
    assert states == [State.OK, State.ALARM], await get(stack, "/metrics?namespace=MangaAssist")

    described = await asyncio.to_thread(clients.of("cloudwatch").describe_alarms, StateValue="ALARM")
    assert f"mangaassist-local-{ALARM}" in {alarm["AlarmName"] for alarm in described["MetricAlarms"]}
    shown = await get(stack, "/alarms")
    latest = next(one for one in shown["transitions"] if one["alarm"] == ALARM)
    assert (latest["from"], latest["to"]) == ("OK", "ALARM")
    assert latest["outcomes"][topic].startswith("published as ")
    await stack.events.work.settled()
    heard_states = [event["detail"]["state"]["value"] for event in received(sqs, heard)]
    assert heard_states[-1:] == ["ALARM"], (await get(stack, "/events"))["deliveries"]

    stack.faults.switch_off()
    # Its breaker would let it be for some seconds more.
    await asyncio.to_thread(forget_breakers, stack)
    assert "generate_reply" not in (await client.say(PRODUCT)).degraded
    # Of a metric that is silent now, the last datapoints are judged for as long as they are in the evaluation range.
    assert [await pass_minutes(stack) for _ in range(4)] == [State.ALARM] * 3 + [State.OK]
    messages = [json.loads(notification["Message"]) for notification in received(sqs, told)]
    of_this = [message["NewStateValue"] for message in messages if message["AlarmName"].endswith(ALARM)]
    assert of_this[-2:] == ["ALARM", "OK"]


async def test_given_turns_when_the_metrics_are_asked_for_then_those_of_functions_and_services_are_there(
    stack: Stack, client: Client
) -> None:
    await client.say(PRODUCT)
    metrics = (await get(stack, "/metrics"))["metrics"]
    by_namespace: dict[str, set[str]] = {}
    for metric in metrics:
        by_namespace.setdefault(metric["namespace"], set()).add(metric["name"])
    assert by_namespace["MangaAssist"] >= {"step_latency_ms", "model_inference_latency_ms"}
    assert by_namespace["AWS/ApiGateway"] == {"Count", "4XXError", "5XXError", "Latency"}
    assert by_namespace["AWS/States"] >= {"ExecutionsStarted", "ExecutionsSucceeded", "ExecutionTime"}
    assert by_namespace["AWS/Lambda"] >= {"Invocations", "Errors", "Duration", "ConcurrentExecutions"}
    assert by_namespace["AWS/SageMaker"] >= {"Invocations", "InvocationsPerInstance", "ModelLatency"}
    only = (await get(stack, "/metrics?namespace=AWS/States"))["metrics"]
    assert {metric["namespace"] for metric in only} == {"AWS/States"}
    (latency,) = [
        metric
        for metric in metrics
        if metric["name"] == "step_latency_ms" and metric["dimensions"].get("step") == "save_turn"
    ]
    assert latency["statistics"]["SampleCount"] >= 1


def arn_of(sqs: Any, url: str) -> str:
    return str(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"])


def received(sqs: Any, url: str) -> list[dict[str, Any]]:
    """The bodies of the messages in a queue, oldest first."""
    found: list[dict[str, Any]] = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        for message in messages:
            found.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found
