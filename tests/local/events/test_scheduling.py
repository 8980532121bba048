"""Schedules and scheduled rules in virtual time: a year of them takes a moment.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import asyncio
import json
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from local.events import DeliveryError
from local.events.routes import scheduled_json
from local.stepfunctions import FunctionError
from tests.local.events.world import DEAD, FUNCTION, ORIGIN, QUEUE, World, first, in_world, passing

DAY = 86_400.0
SCHEDULE_ARN = ORIGIN.arn("schedule/default/s", "scheduler")


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


NEW_YEAR = _epoch("2026-01-01T00:00:00+00:00")


def _times(world: World, name: str = "function") -> list[str]:
    """When something was called, in UTC, to the second."""
    return [
        f"{datetime.fromtimestamp(round(when), ZoneInfo('UTC')):%m-%dT%H:%M:%S}" for when in world.around.times(name)
    ]


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Asia/Tokyo", "Australia/Lord_Howe"])
def test_given_a_daily_schedule_when_a_year_passes_then_it_fires_each_day_at_that_time_of_its_zone(zone: str) -> None:
    async def scenario(world: World) -> None:
        world.schedule("cron(30 8 * * ? *)", ScheduleExpressionTimezone=zone)
        await asyncio.sleep(365 * DAY)
        walls = [datetime.fromtimestamp(round(when), ZoneInfo(zone)) for when in world.around.times("function")]
        assert {f"{wall:%H:%M}" for wall in walls} == {"08:30"}
        first_day = walls[0].date()
        assert [wall.date() for wall in walls] == [first_day + timedelta(days=number) for number in range(365)]

    in_world(scenario, start=NEW_YEAR)


def test_given_a_schedule_every_hour_when_a_year_passes_then_none_is_left_out() -> None:
    async def scenario(world: World) -> None:
        world.schedule("rate(1 hour)")
        await asyncio.sleep(365 * DAY - 1)
        assert len(world.around.times("function")) == 365 * 24

    in_world(scenario, start=NEW_YEAR)


def test_given_a_rate_when_it_is_created_then_it_fires_at_once_and_after_each_period() -> None:
    async def scenario(world: World) -> None:
        world.schedule("rate(2 hours)")
        await asyncio.sleep(5 * 3_600)
        assert _times(world) == ["01-01T00:00:00", "01-01T02:00:00", "01-01T04:00:00"]

    in_world(scenario, start=NEW_YEAR)


def test_given_a_start_and_an_end_when_time_passes_then_it_fires_only_between_them() -> None:
    async def scenario(world: World) -> None:
        bounds: dict[str, Any] = {
            "StartDate": _epoch("2026-01-02T10:30:00+00:00"),
            "EndDate": _epoch("2026-01-04T10:00:00+00:00"),
        }
        world.schedule("cron(0 10 * * ? *)", **bounds)
        world.schedule("rate(1 day)", "rate", {"Arn": QUEUE}, **bounds)
        await asyncio.sleep(10 * DAY)
        assert _times(world) == ["01-03T10:00:00", "01-04T10:00:00"]
        assert _times(world, "q") == ["01-02T10:30:00", "01-03T10:30:00"]

    in_world(scenario, start=NEW_YEAR)


def test_given_a_one_time_schedule_when_it_has_fired_then_it_is_deleted_if_it_says_so() -> None:
    async def scenario(world: World) -> None:
        world.schedule("at(2026-01-05T10:00:00)", "goes", ActionAfterCompletion="DELETE")
        world.schedule("at(2026-01-05T10:00:00)", "stays", ScheduleExpressionTimezone="Asia/Tokyo")
        await asyncio.sleep(10 * DAY)
        assert _times(world) == ["01-05T01:00:00", "01-05T10:00:00"]
        assert world.around.got("delete_schedule") == [{"GroupName": "default", "Name": "goes"}]

    in_world(scenario, start=NEW_YEAR)


def test_given_a_recurring_schedule_that_ends_when_it_has_fired_last_then_it_is_deleted() -> None:
    async def scenario(world: World) -> None:
        world.schedule("rate(1 day)", ActionAfterCompletion="DELETE", EndDate=NEW_YEAR + 2.5 * DAY)
        await asyncio.sleep(10 * DAY)
        assert len(world.around.times("function")) == 3
        assert len(world.around.times("delete_schedule")) == 1

    in_world(scenario, start=NEW_YEAR)


def test_given_a_one_time_schedule_of_yesterday_when_created_then_it_never_fires_but_one_of_this_minute_does() -> None:
    async def scenario(world: World) -> None:
        world.schedule("at(2025-12-31T00:00:00)", "late")
        world.schedule("at(2025-12-31T23:59:30)", "just")
        await asyncio.sleep(DAY)
        assert _times(world) == ["01-01T00:00:00"]

    in_world(scenario, start=NEW_YEAR)


def test_given_a_schedule_that_is_changed_or_deleted_when_time_passes_then_only_what_stands_fires() -> None:
    async def scenario(world: World) -> None:
        world.schedule("cron(0 10 * * ? *)", target={"Input": '"old"'})
        world.schedule("cron(0 10 * * ? *)", "deleted")
        world.schedule("cron(0 10 * * ? *)", "disabled", State="DISABLED")
        world.schedule("cron(0 10 * * ? *)", "of a group", GroupName="g")
        world.schedule("cron(0 12 * * ? *)", target={"Input": '"new"'})
        world.events.schedules.delete(None, "deleted")
        world.events.schedules.delete_group("g")
        await asyncio.sleep(2 * DAY)
        assert world.around.got("function") == ["new", "new"]

    in_world(scenario, start=NEW_YEAR)


def test_given_a_flexible_window_when_it_is_due_then_it_fires_within_it_and_names_the_time_it_was_due() -> None:
    async def scenario(world: World) -> None:
        window = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 30}
        at = {"Input": '"<aws.scheduler.scheduled-time>"'}
        world.schedule("at(2026-01-01T10:00:00)", target=at, FlexibleTimeWindow=window)
        await asyncio.sleep(DAY)
        assert _times(world) == ["01-01T10:15:00"]
        assert world.around.got("function") == ["2026-01-01T10:00:00Z"]

    in_world(scenario, start=NEW_YEAR, chance=0.5)


def test_given_context_attributes_when_it_is_retried_then_each_attempt_says_its_number_and_they_share_an_id() -> None:
    async def scenario(world: World) -> None:
        world.around.fails["q"] = first(1, passing)
        names = ("schedule-arn", "scheduled-time", "execution-id", "attempt-number")
        text = json.dumps({name: f"<aws.scheduler.{name}>" for name in names})
        world.schedule("at(2026-01-01T10:00:00)", target={"Arn": QUEUE, "Input": text})
        await asyncio.sleep(DAY)
        one, two = (json.loads(got["MessageBody"]) for got in world.around.got("q"))
        assert (one["attempt-number"], two["attempt-number"]) == ("1", "2")
        assert one["execution-id"] == two["execution-id"] != ""
        assert (one["schedule-arn"], one["scheduled-time"]) == (SCHEDULE_ARN, "2026-01-01T10:00:00Z")

    in_world(scenario, start=NEW_YEAR)


def test_given_no_input_when_a_function_is_due_then_it_gets_the_schedulers_own_event() -> None:
    async def scenario(world: World) -> None:
        request = {"ScheduleExpression": "at(2026-01-01T10:00:00)", "Target": {"Arn": FUNCTION}}
        world.events.schedules.put("s", request)
        await asyncio.sleep(DAY)
        (got,) = world.around.got("function")
        assert (got["source"], got["detail-type"], got["detail"]) == ("aws.scheduler", "Scheduled Event", "{}")
        assert (got["resources"], got["time"]) == ([SCHEDULE_ARN], "2026-01-01T10:00:00Z")

    in_world(scenario, start=NEW_YEAR)


def test_given_a_target_that_never_takes_it_when_retries_end_then_the_dead_letter_names_schedule_and_time() -> None:
    async def scenario(world: World) -> None:
        world.around.fails["q"] = passing
        policy = {"MaximumRetryAttempts": 1, "MaximumEventAgeInSeconds": 3_600}
        target = {"Arn": QUEUE, "RetryPolicy": policy, "DeadLetterConfig": {"Arn": DEAD}}
        world.schedule("at(2026-01-01T10:00:00)", target=target, ActionAfterCompletion="DELETE")
        await asyncio.sleep(DAY)
        ((body, attributes),) = world.dead_letters()
        assert body == "due"
        assert len(attributes.pop("EXECUTION_ID")) == 16
        assert attributes == {
            "SCHEDULE_ARN": SCHEDULE_ARN,
            "SCHEDULED_TIME": "2026-01-01T10:00:00Z",
            "TARGET_ARN": QUEUE,
            "ERROR_CODE": "InternalError",
            "ERROR_MESSAGE": "try again",
            "RETRY_ATTEMPTS": "1",
            "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
            "IS_PAYLOAD_TRUNCATED": "false",
        }
        assert len(world.around.times("delete_schedule")) == 1

    in_world(scenario, start=NEW_YEAR)


def test_given_a_universal_target_when_it_is_due_then_the_action_is_called_with_the_input() -> None:
    async def scenario(world: World) -> None:
        arn = "arn:aws:scheduler:::aws-sdk:applicationautoscaling:registerScalableTarget"
        world.schedule("at(2026-01-01T10:00:00)", target={"Arn": arn, "Input": '{"MinCapacity": 3}'})
        await asyncio.sleep(DAY)
        assert world.around.got("aws-sdk:applicationautoscaling:registerScalableTarget") == [{"MinCapacity": 3}]

    in_world(scenario, start=NEW_YEAR)


def _failed(error: str, _: int) -> Exception:
    return FunctionError(error, "so it is")


def test_given_a_universal_target_that_fails_when_it_is_due_then_only_a_passing_error_is_tried_again() -> None:
    async def scenario(world: World) -> None:
        for name, error in (("throttled", "Sqs.ThrottlingException"), ("refused", "Sqs.QueueDoesNotExist")):
            world.around.fails[f"aws-sdk:sqs:{name}"] = first(1, partial(_failed, error))
            target = {"Arn": f"arn:aws:scheduler:::aws-sdk:sqs:{name}", "Input": "{}"}
            world.schedule("at(2026-01-01T10:00:00)", name, target)
        await asyncio.sleep(DAY)
        assert len(world.around.times("aws-sdk:sqs:throttled")) == 2
        assert len(world.around.times("aws-sdk:sqs:refused")) == 1
        assert sorted(world.outcomes()) == ["delivered", "dropped"]

    in_world(scenario, start=NEW_YEAR)


def test_given_a_bus_as_target_when_it_is_due_then_its_rules_see_an_event_of_that_type() -> None:
    async def scenario(world: World) -> None:
        world.rule(bus="b", EventPattern='{"source": ["nightly"], "detail-type": ["Cleanup"]}')
        parameters = {"DetailType": "Cleanup", "Source": "nightly"}
        target = {"Arn": ORIGIN.arn("event-bus/b"), "EventBridgeParameters": parameters, "Input": '{"deep": true}'}
        world.schedule("at(2026-01-01T10:00:00)", target=target)
        world.schedule("at(2026-01-01T11:00:00)", "malformed", {**target, "Input": "[]"})
        await asyncio.sleep(DAY)
        assert [got["detail"] for got in world.around.got("function")] == [{"deep": True}]
        assert world.outcomes() == ["delivered", "delivered", "dropped"]

    in_world(scenario, start=NEW_YEAR)


def test_given_scheduled_rules_when_time_passes_then_their_targets_get_scheduled_events_and_no_other_rule_does() -> (
    None
):
    async def scenario(world: World) -> None:
        world.rule("hourly", ScheduleExpression="rate(1 hour)")
        world.rule("nightly", {"Arn": QUEUE}, ScheduleExpression="cron(0 3 * * ? *)")
        world.rule("all", {"Arn": DEAD}, EventPattern='{"source": ["aws.events"]}')
        await asyncio.sleep(3 * 3_600 + 1)
        assert _times(world) == ["01-01T01:00:00", "01-01T02:00:00", "01-01T03:00:00"]
        assert _times(world, "q") == ["01-01T03:00:00"]
        got = world.around.got("function")[0]
        assert (got["source"], got["detail-type"], got["detail"]) == ("aws.events", "Scheduled Event", {})
        assert got["resources"] == [ORIGIN.arn("rule/hourly")]
        assert world.around.got("dead") == []
        world.events.rules.apply("DisableRule", {"Name": "hourly"})
        await asyncio.sleep(DAY)
        assert len(world.around.times("function")) == 3
        assert _times(world, "q") == ["01-01T03:00:00", "01-02T03:00:00"]

    in_world(scenario, start=NEW_YEAR)


def test_given_what_is_scheduled_when_shown_then_it_says_when_each_is_due() -> None:
    async def scenario(world: World) -> None:
        world.schedule("cron(0 9 * * ? *)", ScheduleExpressionTimezone="Asia/Tokyo")
        world.schedule("at(2025-01-01T00:00:00)", "past")
        world.rule("nightly", ScheduleExpression="cron(0 3 * * ? *)")
        world.rule("never")
        shown = scheduled_json(world.events)
        assert [one["due"] for one in shown["schedules"]] == ["2026-01-01T00:00:00Z", None]
        assert [(one["arn"], one["due"]) for one in shown["rules"]] == [
            (ORIGIN.arn("rule/nightly"), "2026-01-01T03:00:00Z")
        ]

    in_world(scenario, start=NEW_YEAR - 60)


def _not_there(_: int) -> Exception:
    return DeliveryError("ResourceNotFoundException", "gone", retryable=False)


def test_given_a_schedule_that_someone_else_deletes_when_it_completes_then_nothing_fails() -> None:
    async def scenario(world: World) -> None:
        world.around.fails["delete_schedule"] = _not_there
        world.schedule("at(2026-01-01T10:00:00)", ActionAfterCompletion="DELETE")
        await asyncio.sleep(DAY)
        await world.settled()
        assert world.outcomes() == ["delivered"]

    in_world(scenario, start=NEW_YEAR)


def _replace_while_delivered(world: World) -> Any:
    def fail(call: int) -> Exception | None:
        if call == 1:
            world.schedule("at(2027-01-01T00:00:00)", target={"Arn": QUEUE}, ActionAfterCompletion="DELETE")
        return None

    return fail


def test_given_a_schedule_that_is_replaced_while_it_is_delivered_when_done_then_the_new_one_stays() -> None:
    async def scenario(world: World) -> None:
        world.around.fails["q"] = _replace_while_delivered(world)
        world.schedule("at(2026-01-01T10:00:00)", target={"Arn": QUEUE}, ActionAfterCompletion="DELETE")
        await asyncio.sleep(DAY)
        assert world.around.got("delete_schedule") == []

    in_world(scenario, start=NEW_YEAR)
