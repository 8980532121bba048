"""A release on the running stack: planned when the calendar is uploaded, carried out while the clock moves."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from local.stack import Stack

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("stack")]

RELEASE = {
    "uid": "chapter",
    "title": "Chapter",
    "kind": "chapter",
    "multiplier": 3.0,
    "time_zone": "UTC",
    "duration": "PT2H",
}


async def test_given_a_release_when_the_clock_moves_past_it_then_instances_stand_before_it_and_nothing_was_missing(
    stack: Stack,
) -> None:
    # Handlers read the machine's clock, which does not move: a later plan would take the present for the past.
    await asyncio.to_thread(_disable_daily_plan, stack)
    now = datetime.fromtimestamp(stack.clock.now(), UTC)
    starts_at = now.replace(second=0, microsecond=0) + timedelta(hours=2, minutes=10)
    calendar = {"releases": [{**RELEASE, "starts_at": f"{starts_at:%Y-%m-%dT%H:%M}"}]}
    upload = {"Bucket": _bucket(stack), "Key": "releases/calendar.ics", "Body": json.dumps(calendar)}
    await asyncio.to_thread(lambda: stack.cloud.clients.of("s3").put_object(**upload))
    await stack.events.work.settled()

    await _advance(stack, starts_at)

    assert {instances for _, instances in await _fleets(stack)} == {6}
    alarms = {alarm.logical_id: situation.state.value for alarm, situation in stack.monitoring.watch}
    assert alarms["CapacityNotReadyAlarm"] != "ALARM"

    await _advance(stack, starts_at + timedelta(hours=4))
    assert {minimum for minimum, _ in await _fleets(stack)} == {2}


async def _advance(stack: Stack, moment: datetime) -> None:
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{stack.url}/clock", json={"advance_to": moment.isoformat()}) as response,
    ):
        assert response.status == 200, await response.text()


def _disable_daily_plan(stack: Stack) -> None:
    scheduler = stack.cloud.clients.of("scheduler")
    kept = ("Name", "ScheduleExpression", "Target", "FlexibleTimeWindow")
    daily = scheduler.get_schedule(Name="PlanReleasesFunctionDaily")
    scheduler.update_schedule(**{name: daily[name] for name in kept}, State="DISABLED")


def _bucket(stack: Stack) -> str:
    return str(stack.cloud.created["AWS::S3::Bucket"][0].name)


async def _fleets(stack: Stack) -> list[tuple[int, int]]:
    """Minimum and instances of every endpoint."""
    autoscaling, sagemaker = (stack.cloud.clients.of(name) for name in ("application-autoscaling", "sagemaker"))
    targets = await asyncio.to_thread(autoscaling.describe_scalable_targets, ServiceNamespace="sagemaker")
    found = []
    for target in targets["ScalableTargets"]:
        name = target["ResourceId"].split("/")[1]
        endpoint = await asyncio.to_thread(sagemaker.describe_endpoint, EndpointName=name)
        found.append((target["MinCapacity"], endpoint["ProductionVariants"][0]["CurrentInstanceCount"]))
    return found
