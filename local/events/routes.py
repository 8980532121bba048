"""What the local API serves of events: what happened, what is scheduled, and a clock that can be moved forward."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from local.clock.movable import MovableClock
from local.events.entries import iso_time
from local.events.service import Events


class Advance(BaseModel):
    """The body of POST /clock."""

    model_config = ConfigDict(extra="forbid")

    advance_to: AwareDatetime


def event_routes(events: Events, clock: MovableClock, settled: Callable[[], Awaitable[None]]) -> list[web.RouteDef]:
    """The routes over running events, whose clock this is. `settled` is awaited whenever the clock is about to move."""

    async def happened(_: web.Request) -> web.Response:
        return web.json_response(events.journal.as_json())

    async def scheduled(_: web.Request) -> web.Response:
        return web.json_response(scheduled_json(events))

    async def now(_: web.Request) -> web.Response:
        return web.json_response({"now": iso_time(clock.now())})

    async def advance(request: web.Request) -> web.Response:
        try:
            moment = Advance.model_validate_json(await request.read()).advance_to.astimezone(UTC)
        except ValidationError as error:
            problem = error.errors()[0]
            where = ".".join(map(str, problem["loc"])) or "body"
            return web.json_response({"error": f"{where}: {problem['msg']}"}, status=400)
        if moment < datetime.fromtimestamp(clock.now(), UTC):
            return web.json_response({"error": "advance_to: the clock moves forward only"}, status=400)
        timers = await clock.advance_to(moment.timestamp(), settled)
        return web.json_response({"now": iso_time(clock.now()), "timers": timers})

    return [
        web.get("/events", happened, allow_head=False),
        web.get("/schedules", scheduled, allow_head=False),
        web.get("/clock", now, allow_head=False),
        web.post("/clock", advance),
    ]


def scheduled_json(events: Events) -> dict[str, list[dict[str, Any]]]:
    """Every schedule and scheduled rule, and when it is due next."""
    return {
        "schedules": [
            {
                "arn": one.arn,
                "expression": one.text,
                "timezone": one.zone,
                "enabled": one.enabled,
                "target": one.target.arn,
                "due": _moment(events.due(one)),
            }
            for one in events.schedules
        ],
        "rules": [
            {
                "arn": one.arn,
                "expression": one.expression,
                "enabled": one.enabled,
                "targets": [target.target.arn for target in one.targets.values()],
                "due": _moment(events.rule_due(one)),
            }
            for one in events.rules
            if one.expression is not None
        ],
    }


def _moment(due: float | None) -> str | None:
    return None if due is None else iso_time(due)
