"""GET /turns and GET /turns/{trace_id}, to be mounted on the stack's API: JSON, and pages for a browser."""

import asyncio
from dataclasses import fields
from heapq import nlargest
from typing import Any, Final
from urllib.parse import quote

import orjson
from aiohttp import web

from local.machines import StateMachines
from local.stepfunctions import ExecutionRecord
from local.waterfall import duration_ms, facts, turns_page, waterfall_page

TURNS_LISTED: Final = 50
# The pages show what customers wrote. They are escaped; should that ever fail, nothing may run or be fetched.
_POLICY: Final = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"}


def turn_routes(machines: StateMachines) -> list[web.RouteDef]:
    """The routes over what the state machines did."""

    async def listed(request: web.Request) -> web.Response:
        records = [_without_states(record) for record in _latest(machines)]
        return _page(turns_page(records)) if _wants_html(request) else _json({"turns": list(map(_summary, records))})

    async def record(request: web.Request) -> web.Response:
        return await waterfall(request) if _wants_html(request) else _json(_found(machines, request))

    async def waterfall(request: web.Request) -> web.Response:
        record = orjson.dumps(_found(machines, request))
        # Turns that run meanwhile have budgets; a page takes tens of milliseconds.
        return _page(await asyncio.to_thread(lambda: waterfall_page(orjson.loads(record))))

    return [
        web.get("/turns", listed, allow_head=False),
        web.get("/turns/{trace_id}", record, allow_head=False),
        web.get("/turns/{trace_id}/waterfall", waterfall, allow_head=False),
    ]


def _latest(machines: StateMachines) -> list[ExecutionRecord]:
    records = (execution.record for machine in machines for execution in machine.executions)
    return nlargest(TURNS_LISTED, records, key=lambda record: record.started)


def _found(machines: StateMachines, request: web.Request) -> ExecutionRecord:
    record = machines.record(request.match_info["trace_id"])
    if record is None:
        raise web.HTTPNotFound(text='{"error": "no such turn, or it is too long ago"}', content_type="application/json")
    return record


def _summary(record: dict[str, Any]) -> dict[str, Any]:
    said = facts(record)
    return {
        "trace_id": record["name"],
        "execution_arn": record["arn"],
        "status": record["status"],
        "started": record["started"],
        "ms": round(duration_ms(record), 1),
        "message": said.message,
        "route": said.route,
        "degraded": said.degraded,
        "waterfall": f"/turns/{quote(record['name'], safe='')}/waterfall",
    }


def _wants_html(request: web.Request) -> bool:
    """A browser names HTML; `?format=json` asks for JSON all the same."""
    return "text/html" in request.headers.get("Accept", "") and request.query.get("format") != "json"


def _without_states(record: ExecutionRecord) -> dict[str, Any]:
    """A record as a mapping; of its states, only the times of those of an execution that runs."""
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    running = record.events if record.ended is None else []
    return {**values, "events": [{"entered": state.entered, "left": state.left} for state in running]}


def _json(value: Any) -> web.Response:
    return web.Response(body=orjson.dumps(value), content_type="application/json")


def _page(html: str) -> web.Response:
    return web.Response(text=html, content_type="text/html", headers=_POLICY)
