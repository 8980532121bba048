"""What boto3 sees of EventBridge and Scheduler, and what becomes of it: moto behind, deliveries beside."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.standins.fault_catalogue import Mode
from local.standins.faults import Fault
from tests.local.events.conftest import OnMoto

QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"
GOOD = {"Source": "test", "DetailType": "Tested", "Detail": "{}"}
AT = {"FlexibleTimeWindow": {"Mode": "OFF"}, "ScheduleExpression": "at(2030-01-01T00:00:00)"}


async def _bodies(on_moto: OnMoto, queue: str = "q") -> list[Any]:
    url = (await on_moto.do("sqs", "get_queue_url", QueueName=queue))["QueueUrl"]
    got = await on_moto.do("sqs", "receive_message", QueueUrl=url, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in got.get("Messages", [])]


async def _rule_to_queue(on_moto: OnMoto, **rule: Any) -> None:
    await on_moto.do("sqs", "create_queue", QueueName="q")
    await on_moto.do("events", "put_rule", Name="r", **(rule or {"EventPattern": '{"source": ["test"]}'}))
    await on_moto.do("events", "put_targets", Rule="r", Targets=[{"Id": "1", "Arn": QUEUE}])


async def test_given_entries_of_all_kinds_when_put_then_each_is_answered_and_the_good_ones_arrive_once(
    on_moto: OnMoto,
) -> None:
    await _rule_to_queue(on_moto)
    entries = [
        {**GOOD, "Time": datetime(2026, 1, 1, tzinfo=UTC), "Resources": ["arn:x"]},
        {**GOOD, "Source": ""},
        {"Source": "test", "DetailType": "Tested"},
        {**GOOD, "Detail": "{"},
        {**GOOD, "Detail": "[1]"},
        {**GOOD, "Source": "aws.test"},
        {**GOOD, "EventBusName": "arn:aws:events:us-east-1:123456789012:event-bus/nobody"},
    ]
    answer = await on_moto.do("events", "put_events", Entries=entries)
    codes = [entry.get("ErrorCode") for entry in answer["Entries"]]
    assert codes == [
        None,
        "InvalidArgument",
        "InvalidArgument",
        "MalformedDetail",
        "MalformedDetail",
        "NotAuthorizedForSourceException",
        None,
    ]
    assert answer["FailedEntryCount"] == 5
    (event,) = await _bodies(on_moto)
    assert event["id"] == answer["Entries"][0]["EventId"]
    assert (event["time"], event["resources"]) == ("2026-01-01T00:00:00Z", ["arn:x"])
    assert (event["account"], event["region"], event["detail"]) == ("123456789012", "us-east-1", {})


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([], "constraint"),
        ([GOOD] * 11, "constraint"),
        ([{**GOOD, "Detail": json.dumps({"x": "y" * 1024 * 1024})}], "over the limit"),
        ([{**GOOD, "Detail": json.dumps({"x": "あ" * 60_000}, ensure_ascii=False)}] * 6, "over the limit"),
    ],
    ids=["none", "eleven", "one too large", "too large together, in bytes"],
)
async def test_given_a_request_beyond_the_limits_when_put_then_it_is_refused_whole(
    on_moto: OnMoto, entries: list[dict[str, str]], reason: str
) -> None:
    with pytest.raises(ClientError, match=reason) as caught:
        await on_moto.do("events", "put_events", Entries=entries)
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    assert list(on_moto.events.journal.events) == []


async def test_given_bad_patterns_and_expressions_when_put_then_eventbridge_refuses_them_and_nothing_is_kept(
    on_moto: OnMoto,
) -> None:
    with pytest.raises(ClientError, match="InvalidEventPatternException"):
        await on_moto.do("events", "put_rule", Name="r", EventPattern='{"source": "test"}')
    with pytest.raises(ClientError, match="ValidationException"):
        await on_moto.do("events", "put_rule", Name="r", ScheduleExpression="cron(1 2 3)")
    target = {"Arn": QUEUE, "RoleArn": "arn:aws:iam::123456789012:role/r"}
    wrong = {**AT, "ScheduleExpression": "every day"}
    with pytest.raises(ClientError, match="Invalid Schedule Expression"):
        await on_moto.do("scheduler", "create_schedule", Name="s", Target=target, **wrong)
    assert list(on_moto.events.rules) == []
    assert (await on_moto.do("scheduler", "list_schedules"))["Schedules"] == []


async def test_given_a_change_that_moto_refuses_when_made_then_it_is_not_made_here(on_moto: OnMoto) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        await on_moto.do("events", "put_rule", Name="r", EventBusName="nobody", EventPattern='{"source": ["x"]}')
    assert list(on_moto.events.rules) == []


async def test_given_a_pattern_and_an_event_when_tested_then_the_answer_is_the_matchers(on_moto: OnMoto) -> None:
    test = {"EventPattern": '{"detail": {"n": [{"numeric": [">", 1]}]}}'}
    for number, expected in ((1, False), (2, True)):
        event = json.dumps({"detail": {"n": number}})
        assert (await on_moto.do("events", "test_event_pattern", **test, Event=event))["Result"] is expected


async def test_given_a_bus_that_is_deleted_when_an_event_is_put_then_none_of_its_rules_has_it(on_moto: OnMoto) -> None:
    await on_moto.do("events", "create_event_bus", Name="b")
    await on_moto.do("events", "put_rule", Name="r", EventBusName="b", EventPattern='{"source": ["test"]}')
    assert len(list(on_moto.events.rules)) == 1
    await on_moto.do("events", "delete_event_bus", Name="b")
    assert list(on_moto.events.rules) == []


async def test_given_a_schedule_when_created_changed_and_deleted_then_what_is_due_follows(on_moto: OnMoto) -> None:
    target = {"Arn": QUEUE, "RoleArn": "arn:aws:iam::123456789012:role/r", "Input": '"x"'}
    await on_moto.do("scheduler", "create_schedule_group", Name="g")
    await on_moto.do("scheduler", "create_schedule", Name="s", GroupName="g", Target=target, **AT)
    (schedule,) = list(on_moto.events.schedules)
    assert on_moto.events.due(schedule) == datetime(2030, 1, 1, tzinfo=UTC).timestamp()
    later = {**AT, "ScheduleExpression": "at(2031-01-01T00:00:00)"}
    await on_moto.do("scheduler", "update_schedule", Name="s", GroupName="g", Target=target, **later)
    (schedule,) = list(on_moto.events.schedules)
    assert on_moto.events.due(schedule) == datetime(2031, 1, 1, tzinfo=UTC).timestamp()
    await on_moto.do("scheduler", "delete_schedule", Name="s", GroupName="g")
    assert list(on_moto.events.schedules) == []
    await on_moto.do("scheduler", "create_schedule", Name="s", GroupName="g", Target=target, **AT)
    await on_moto.do("scheduler", "delete_schedule_group", Name="g")
    assert list(on_moto.events.schedules) == []


async def test_given_a_schedule_of_any_action_when_the_clock_moves_then_moto_has_done_it_and_the_schedule_is_gone(
    on_moto: OnMoto,
) -> None:
    await on_moto.do("sqs", "create_queue", QueueName="q")
    url = "https://sqs.us-east-1.amazonaws.com/123456789012/q"
    request = json.dumps({"QueueUrl": url, "MessageBody": '"<aws.scheduler.scheduled-time>"'})
    arn = "arn:aws:scheduler:::aws-sdk:sqs:sendMessage"
    target = {"Arn": arn, "RoleArn": "arn:aws:iam::123456789012:role/r", "Input": request}
    due = (datetime.now(UTC) + timedelta(hours=1)).replace(microsecond=0)
    at = {**AT, "ScheduleExpression": f"at({due:%Y-%m-%dT%H:%M:%S})", "ActionAfterCompletion": "DELETE"}
    await on_moto.do("scheduler", "create_schedule", Name="s", Target=target, **at)
    await on_moto.clock.advance_to(due.timestamp(), on_moto.events.work.settled)
    assert await _bodies(on_moto) == [f"{due:%Y-%m-%dT%H:%M:%SZ}"]
    assert (await on_moto.do("scheduler", "list_schedules"))["Schedules"] == []


async def test_given_a_scheduled_rule_when_the_clock_moves_then_its_queue_has_one_event_a_period(
    on_moto: OnMoto,
) -> None:
    await _rule_to_queue(on_moto, ScheduleExpression="rate(1 hour)")
    await on_moto.clock.advance_to(on_moto.clock.now() + 3 * 3_600, on_moto.events.work.settled)
    assert [event["detail-type"] for event in await _bodies(on_moto)] == ["Scheduled Event"] * 3


@pytest.mark.parametrize(
    ("target", "service", "operation", "request_"),
    [
        ("events", "events", "put_events", {"Entries": [GOOD]}),
        ("scheduler", "scheduler", "list_schedules", {}),
    ],
)
async def test_given_a_fault_when_the_service_is_called_then_the_caller_meets_it(
    on_moto: OnMoto, target: str, service: str, operation: str, request_: dict[str, Any]
) -> None:
    on_moto.faults.switch_on(Fault(target=target, mode=Mode.UNAVAILABLE))
    with pytest.raises(ClientError):
        await on_moto.do(service, operation, **request_)
    on_moto.faults.switch_off()
    assert await on_moto.do(service, operation, **request_)


async def test_given_a_queue_that_is_not_there_when_an_event_matches_then_it_is_dead_lettered_at_once(
    on_moto: OnMoto,
) -> None:
    await on_moto.do("sqs", "create_queue", QueueName="dead")
    await on_moto.do("events", "put_rule", Name="r", EventPattern='{"source": ["test"]}')
    dead = "arn:aws:sqs:us-east-1:123456789012:dead"
    await on_moto.do(
        "events", "put_targets", Rule="r", Targets=[{"Id": "1", "Arn": QUEUE, "DeadLetterConfig": {"Arn": dead}}]
    )
    await on_moto.do("events", "put_events", Entries=[GOOD])
    url = (await on_moto.do("sqs", "get_queue_url", QueueName="dead"))["QueueUrl"]
    got = await on_moto.do("sqs", "receive_message", QueueUrl=url, MessageAttributeNames=["All"])
    attributes = got["Messages"][0]["MessageAttributes"]
    assert attributes["TARGET_ARN"]["StringValue"] == QUEUE
    assert "NonExistentQueue" in attributes["ERROR_CODE"]["StringValue"]
    assert attributes["RETRY_ATTEMPTS"]["StringValue"] == "0"


async def test_given_many_callers_at_once_when_events_are_put_then_each_arrives_once(on_moto: OnMoto) -> None:
    await _rule_to_queue(on_moto)
    puts = [
        asyncio.to_thread(on_moto.clients.of("events").put_events, Entries=[{**GOOD, "Detail": json.dumps({"n": n})}])
        for n in range(30)
    ]
    await asyncio.gather(*puts)
    await on_moto.events.work.settled()
    numbers = [body["detail"]["n"] for _ in range(6) for body in await _bodies(on_moto)]
    assert sorted(numbers) == list(range(30))
