"""Delivery from a rule to its targets: once where it can be, again where that helps, a dead letter where it does not.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-event-delivery.html
"""

import asyncio
import json
from typing import Any

import pytest

from local.events import DeliveryError
from tests.local.events.world import (
    DEAD,
    FUNCTION,
    MACHINE,
    NOBODY,
    ORIGIN,
    QUEUE,
    TOPIC,
    World,
    first,
    in_world,
    passing,
)


def _retry(attempts: int, age: int = 86_400) -> dict[str, Any]:
    policy = {"MaximumRetryAttempts": attempts, "MaximumEventAgeInSeconds": age}
    return {"Arn": QUEUE, "RetryPolicy": policy, "DeadLetterConfig": {"Arn": DEAD}}


@pytest.mark.parametrize(
    ("arn", "name", "read"),
    [
        (FUNCTION, "function", lambda got: got),
        (f"{FUNCTION}:live", "function", lambda got: got),
        (MACHINE, "machine", lambda got: got),
        (QUEUE, "q", lambda got: json.loads(got["MessageBody"])),
        (TOPIC, "publish", lambda got: json.loads(got["Message"])),
    ],
)
def test_given_a_target_of_each_service_when_an_event_matches_then_it_gets_it_once(
    arn: str, name: str, read: Any
) -> None:
    async def scenario(world: World) -> None:
        world.rule(target={"Arn": arn})
        world.put({"n": 1})
        await world.settled()
        assert [read(got)["detail"] for got in world.around.got(name)] == [{"n": 1}]
        assert world.outcomes() == ["delivered"]

    in_world(scenario)


def test_given_rules_when_an_event_comes_then_only_enabled_ones_of_its_bus_that_match_have_it() -> None:
    async def scenario(world: World) -> None:
        for name in ("a", "b", "off"):
            world.rule(name, {"Input": f'"{name}"'})
        world.events.rules.apply("DisableRule", {"Name": "off"})
        world.rule("other bus", {"Input": '"other"'}, bus="other")
        world.rule("other source", {"Input": '"no"'}, EventPattern='{"source": ["else"]}')
        world.put()
        await world.settled()
        assert sorted(world.around.got("function")) == ["a", "b"]
        world.events.rules.apply("RemoveTargets", {"Rule": "a", "Ids": ["1"]})
        world.events.rules.apply("DeleteRule", {"Name": "b"})
        world.events.rules.apply("EnableRule", {"Name": "off"})
        world.put()
        await world.settled()
        assert world.around.got("function")[2:] == ["off"]

    in_world(scenario)


def test_given_a_rule_that_is_put_again_when_an_event_comes_then_its_targets_are_still_there() -> None:
    async def scenario(world: World) -> None:
        world.rule(EventPattern='{"source": ["else"]}')
        world.events.rules.apply("PutRule", {"Name": "r", "EventPattern": '{"source": ["test"]}'})
        world.put()
        await world.settled()
        assert len(world.around.got("function")) == 1

    in_world(scenario)


def test_given_a_fifo_queue_when_an_event_matches_then_its_message_has_the_group() -> None:
    async def scenario(world: World) -> None:
        world.rule(target={"Arn": QUEUE, "SqsParameters": {"MessageGroupId": "g"}})
        world.put()
        await world.settled()
        assert world.around.got("q")[0]["MessageGroupId"] == "g"

    in_world(scenario)


def test_given_passing_errors_when_delivered_then_the_delays_double_and_it_arrives_once() -> None:
    async def scenario(world: World) -> None:
        world.around.fails["q"] = first(3, passing)
        world.rule(target=_retry(10))
        began = world.clock.now()
        world.put()
        await asyncio.sleep(60)
        assert [after - began for after in world.around.times("q")] == pytest.approx([0, 0.5, 1.5, 3.5])
        assert world.outcomes() == ["delivered"]
        assert world.dead_letters() == []

    in_world(scenario)


def test_given_a_target_that_never_takes_it_when_retries_are_used_up_then_a_dead_letter_says_so() -> None:
    async def scenario(world: World) -> None:
        world.around.fails["q"] = passing
        world.rule(target=_retry(2))
        world.put({"n": 7})
        await asyncio.sleep(60)
        assert len(world.around.times("q")) == 3
        ((body, attributes),) = world.dead_letters()
        assert body["detail"] == {"n": 7}
        assert attributes == {
            "RULE_ARN": ORIGIN.arn("rule/r"),
            "TARGET_ARN": QUEUE,
            "ERROR_CODE": "InternalError",
            "ERROR_MESSAGE": "try again",
            "RETRY_ATTEMPTS": "2",
            "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
        }
        assert world.outcomes() == ["dead-lettered"]

    in_world(scenario)


def test_given_a_target_that_never_takes_it_when_the_event_is_too_old_then_that_is_the_condition() -> None:
    async def scenario(world: World) -> None:
        world.around.fails["q"] = passing
        world.rule(target=_retry(185, age=60))
        began = world.clock.now()
        world.put()
        await asyncio.sleep(600)
        assert world.around.times("q")[-1] - began <= 60
        ((_, attributes),) = world.dead_letters()
        assert attributes["EXHAUSTED_RETRY_CONDITION"] == "MaximumEventAgeInSeconds"

    in_world(scenario)


def test_given_the_default_policy_when_a_target_never_takes_it_then_it_is_tried_for_about_half_a_day_or_more() -> None:
    async def scenario(world: World) -> None:
        world.around.fails["q"] = passing
        world.rule(target={"Arn": QUEUE, "DeadLetterConfig": {"Arn": DEAD}})
        began = world.clock.now()
        world.put()
        await asyncio.sleep(2 * 86_400)
        times = world.around.times("q")
        assert len(times) == 186
        assert 43_200 / 2 < times[-1] - began <= 86_400
        assert world.outcomes() == ["dead-lettered"]

    in_world(scenario)


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ({"Arn": NOBODY}, "ResourceNotFoundException"),
        ({"Arn": f"{MACHINE}s"}, "StateMachineDoesNotExist"),
        ({"Arn": FUNCTION, "Input": "no JSON"}, "INVALID_JSON"),
        ({"Arn": FUNCTION, "InputPath": "$.detail["}, "INVALID_JSONPATH"),
        ({"Arn": ORIGIN.arn("stream/s", "kinesis")}, "UNSUPPORTED_TARGET"),
        ({"Arn": ORIGIN.arn("api-destination/d")}, "UNSUPPORTED_TARGET"),
        ({"Arn": "arn:aws:scheduler:::other"}, "UNSUPPORTED_TARGET"),
        ({"Arn": "arn:aws:sqs:q"}, "INVALID_ARN"),
    ],
)
def test_given_an_error_that_no_retry_mends_when_delivered_then_the_dead_letter_comes_at_once(
    target: dict[str, str], code: str
) -> None:
    async def scenario(world: World) -> None:
        world.rule(target={**target, "DeadLetterConfig": {"Arn": DEAD}})
        world.put()
        await world.settled()
        ((_, attributes),) = world.dead_letters()
        assert (attributes["ERROR_CODE"], attributes["RETRY_ATTEMPTS"]) == (code, "0")
        assert "EXHAUSTED_RETRY_CONDITION" not in attributes

    in_world(scenario)


def test_given_no_dead_letter_queue_when_a_target_is_not_there_then_the_event_is_dropped_and_the_journal_says_why() -> (
    None
):
    async def scenario(world: World) -> None:
        world.rule(target={"Arn": NOBODY})
        world.put()
        await world.settled()
        (record,) = world.events.journal.deliveries
        assert record.outcome == "dropped"
        assert record.error is not None
        assert "ResourceNotFoundException" in record.error

    in_world(scenario)


def test_given_a_dead_letter_queue_that_is_not_there_when_given_up_then_the_journal_names_both_errors() -> None:
    async def scenario(world: World) -> None:
        world.around.fails["dead"] = lambda _: DeliveryError("NonExistentQueue", "gone", retryable=False)
        world.rule(target={"Arn": NOBODY, "DeadLetterConfig": {"Arn": DEAD}})
        world.put()
        await world.settled()
        (record,) = world.events.journal.deliveries
        assert record.outcome == "dropped"
        assert record.error is not None
        assert "Function not found" in record.error
        assert "NonExistentQueue" in record.error

    in_world(scenario)


def test_given_buses_that_lead_to_each_other_when_an_event_comes_then_it_is_forwarded_once() -> None:
    async def scenario(world: World) -> None:
        world.rule("there", {"Arn": ORIGIN.arn("event-bus/b")}, bus="a")
        world.rule("back", {"Arn": ORIGIN.arn("event-bus/a")}, bus="b")
        world.rule("end", bus="b")
        world.put({"n": 1}, bus="a")
        await world.settled()
        assert [got["detail"] for got in world.around.got("function")] == [{"n": 1}]
        one, other = world.events.journal.events
        assert one == other

    in_world(scenario)


def test_given_a_thousand_events_when_the_target_is_busy_then_none_is_lost_and_the_journal_stays_bounded() -> None:
    async def scenario(world: World) -> None:
        world.around.fails["q"] = first(1_000, passing)
        world.rule(target=_retry(185))
        for number in range(1_000):
            world.put({"n": number})
        await asyncio.sleep(3_600)
        taken = world.around.got("q")[1_000:]
        assert sorted(json.loads(one["MessageBody"])["detail"]["n"] for one in taken) == list(range(1_000))
        assert len(world.events.journal.deliveries) == 500

    in_world(scenario)


def test_given_deliveries_that_are_not_done_when_closed_then_it_says_how_many_are_lost(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scenario(world: World) -> None:
        world.around.fails["q"] = passing
        world.rule(target=_retry(185))
        world.put()
        await world.settled()

    in_world(scenario)
    assert "are lost: 1" in caplog.text
