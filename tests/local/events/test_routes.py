"""GET /events and /schedules, GET and POST /clock."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from local.events.routes import event_routes
from local.parts import served
from tests.local.events.conftest import OnMoto


@pytest.fixture
async def url(on_moto: OnMoto) -> AsyncIterator[str]:
    app = web.Application()
    app.add_routes(event_routes(on_moto.events, on_moto.clock, on_moto.events.work.settled))
    async with served(app) as running:
        yield running


async def _json(method: str, url: str, body: Any = None) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as http, http.request(method, url, json=body) as answer:
        return answer.status, await answer.json()


async def test_given_an_event_when_events_are_asked_for_then_it_is_shown_with_its_delivery(
    on_moto: OnMoto, url: str
) -> None:
    await on_moto.do("events", "put_rule", Name="r", EventPattern='{"source": ["test"]}')
    await on_moto.do("events", "put_targets", Rule="r", Targets=[{"Id": "1", "Arn": "arn:aws:sqs:us-east-1:1:gone"}])
    await on_moto.do("events", "put_events", Entries=[{"Source": "test", "DetailType": "T", "Detail": "{}"}])
    _, shown = await _json("GET", f"{url}/events")
    assert [event["detail-type"] for event in shown["events"]] == ["T"]
    (delivery,) = shown["deliveries"]
    assert delivery["event_id"] == shown["events"][0]["id"]
    assert (delivery["outcome"], len(delivery["attempts"])) == ("dropped", 1)
    assert "NonExistentQueue" in delivery["error"]


async def test_given_a_rule_every_hour_when_the_clock_is_advanced_then_it_is_due_that_often_and_again_afterwards(
    on_moto: OnMoto, url: str
) -> None:
    await on_moto.do("events", "put_rule", Name="r", ScheduleExpression="rate(1 hour)")
    moment = datetime.now(UTC) + timedelta(hours=5, minutes=30)
    status, answer = await _json("POST", f"{url}/clock", {"advance_to": moment.isoformat()})
    assert (status, answer["timers"]) == (200, 5)
    _, shown = await _json("GET", f"{url}/events")
    assert [event["detail-type"] for event in shown["events"]] == ["Scheduled Event"] * 5
    _, now = await _json("GET", f"{url}/clock")
    assert datetime.fromisoformat(now["now"]) >= moment.replace(microsecond=0)
    _, scheduled = await _json("GET", f"{url}/schedules")
    assert datetime.fromisoformat(scheduled["rules"][0]["due"]) > moment


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"advance_to": "2020-01-01T00:00:00Z"}, "forward only"),
        ({"advance_to": "2030-01-01T00:00:00"}, "advance_to"),
        ({"advance_to": "soon"}, "advance_to"),
        ({}, "advance_to"),
        ({"advance_to": "2030-01-01T00:00:00Z", "back": True}, "back"),
    ],
)
async def test_given_a_moment_that_cannot_be_when_the_clock_is_advanced_then_the_field_is_named(
    url: str, body: dict[str, Any], problem: str
) -> None:
    status, answer = await _json("POST", f"{url}/clock", body)
    assert status == 400
    assert problem in answer["error"]
