"""What the local API serves of the circuit breakers: the item of each in the table that its functions share."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from local.cloud.clients import Clients


def breaker_routes(clients: Clients, table: str) -> list[web.RouteDef]:
    """GET /breakers; a model whose breaker never moved is not listed: it is closed."""

    async def show(_: web.Request) -> web.Response:
        answer = await asyncio.to_thread(clients.of("dynamodb").scan, TableName=table, ConsistentRead=True)
        breakers = [_shown(item) for item in answer["Items"]]
        return web.json_response({"breakers": sorted(breakers, key=lambda breaker: str(breaker["model"]))})

    return [web.get("/breakers", show, allow_head=False)]


def _shown(item: Mapping[str, Any]) -> dict[str, str | int]:
    return {
        "model": item["model"]["S"],
        "state": item["state"]["S"],
        "until": _moment(item["until_ms"]["N"]),
        "changed_at": _moment(item["changed_at_ms"]["N"]),
        "openings_in_a_row": int(item["openings"]["N"]),
        "transitions": int(item["version"]["N"]),
    }


def _moment(ms: str) -> str:
    return datetime.fromtimestamp(int(ms) / 1000, UTC).isoformat(timespec="milliseconds")
