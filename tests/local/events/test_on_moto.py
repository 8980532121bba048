"""The template's own rules and schedules, and those made at run time, on moto with the deployed functions."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.local.events.conftest import Deployed

BUS = "mangaassist-local"
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:one@test
SUMMARY:Volume 1
DTSTAMP:20260101T000000Z
DTSTART:{start:%Y%m%dT%H%M%SZ}
DTEND:{end:%Y%m%dT%H%M%SZ}
X-MANGAASSIST-MULTIPLIER:3
END:VEVENT
END:VCALENDAR
"""


def _entry(detail_type: str, detail: dict[str, Any], **more: Any) -> dict[str, Any]:
    names = {"Source": "mangaassist.chat", "DetailType": detail_type, "EventBusName": BUS}
    return {**names, "Detail": json.dumps(detail), **more}


async def _put(deployed: Deployed, *entries: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = await asyncio.to_thread(deployed.client("events").put_events, Entries=list(entries))
    await deployed.events.work.settled()
    return answer


async def test_given_a_hand_over_when_it_is_published_then_it_is_once_in_the_agents_queue_and_a_turn_is_not(
    deployed: Deployed,
) -> None:
    answer = await _put(deployed, _entry("HandoverRequested", {"ticket": "t-1"}), _entry("TurnCompleted", {"turn": 1}))
    messages = await asyncio.to_thread(deployed.received, f"{BUS}-agents")
    bodies = [json.loads(message["Body"]) for message in messages]
    assert [(body["id"], body["detail"]) for body in bodies] == [(answer["Entries"][0]["EventId"], {"ticket": "t-1"})]
    assert [event["detail-type"] for event in deployed.events.journal.events] == ["HandoverRequested", "TurnCompleted"]
    assert [record.outcome for record in deployed.events.journal.deliveries] == ["delivered"]
    attributes = await asyncio.to_thread(_attributes, deployed, f"{BUS}-agents")
    assert json.loads(attributes["RedrivePolicy"]) == {
        "deadLetterTargetArn": deployed.arn_of_queue(f"{BUS}-agents-dead-letters"),
        "maxReceiveCount": 5,
    }


def _attributes(deployed: Deployed, queue: str) -> dict[str, str]:
    sqs = deployed.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    attributes: dict[str, str] = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return attributes


async def test_given_a_calendar_when_it_is_uploaded_then_releases_are_planned_and_capacity_moves_when_it_is_time(
    deployed: Deployed,
) -> None:
    # Handlers read the machine's clock, which does not move: a later plan would take the present for the past.
    await asyncio.to_thread(_disable_daily_plan, deployed)
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
    end = start + timedelta(hours=4)
    bucket = deployed.cloud.created["AWS::S3::Bucket"][0].name
    upload = {"Bucket": bucket, "Key": "releases/calendar.ics", "Body": CALENDAR.format(start=start, end=end)}
    await asyncio.to_thread(lambda: deployed.client("s3").put_object(**upload))
    await deployed.events.work.settled()
    assert [record.outcome for record in deployed.events.journal.invocations] == ["succeeded"]
    planned = [one for one in deployed.events.schedules if one.group.endswith("releases")]
    early = {start - timedelta(minutes=minutes) for minutes in (120, 90, 60, 30)}
    decayed = end + timedelta(hours=1)
    assert {deployed.events.due(one) for one in planned} == {moment.timestamp() for moment in (*early, decayed)}

    assert await asyncio.to_thread(_minimums, deployed) == {2}
    await deployed.clock.advance_to(start.timestamp(), deployed.events.work.settled)
    assert await asyncio.to_thread(_minimums, deployed) == {6}
    await deployed.clock.advance_to(decayed.timestamp(), deployed.events.work.settled)
    assert await asyncio.to_thread(_minimums, deployed) == {2}
    outcomes = {record.outcome for record in deployed.events.journal.invocations}
    assert outcomes == {"succeeded"}
    left = await asyncio.to_thread(lambda: deployed.client("scheduler").list_schedules()["Schedules"])
    assert [schedule["Name"] for schedule in left] == ["PlanReleasesFunctionDaily"]


def _disable_daily_plan(deployed: Deployed) -> None:
    scheduler = deployed.client("scheduler")
    kept = ("Name", "ScheduleExpression", "Target", "FlexibleTimeWindow")
    daily = scheduler.get_schedule(Name="PlanReleasesFunctionDaily")
    scheduler.update_schedule(**{name: daily[name] for name in kept}, State="DISABLED")


def _minimums(deployed: Deployed) -> set[int]:
    autoscaling = deployed.client("application-autoscaling")
    targets = autoscaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    return {target["MinCapacity"] for target in targets}


async def test_given_no_calendar_when_the_daily_plan_is_due_then_it_is_tried_thrice_and_its_end_is_told(
    deployed: Deployed,
) -> None:
    (daily,) = list(deployed.events.schedules)
    due = deployed.events.due(daily)
    assert due is not None
    await deployed.clock.advance_to(due + 600, deployed.events.work.settled)
    (record,) = deployed.events.journal.invocations
    assert record.outcome == "failed"
    assert [round(after - due) for after in record.attempts] == [0, 60, 180]
    (message,) = await asyncio.to_thread(deployed.received, f"{BUS}-capacity-dead-letters")
    told = json.loads(message["Body"])
    assert told["requestContext"]["condition"] == "RetriesExhausted"
    assert told["requestContext"]["approximateInvokeCount"] == 3
    assert told["responsePayload"]["errorType"] == "CalendarError"
    assert told["requestPayload"]["source"] == "aws.scheduler"
