"""What the local API serves beside the deployed one: health, turns, events, and the index of it all."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from aiohttp import web

from local.cloud.events import EventJournal
from local.machines import StateMachines

EVENTS_KEPT = 500


class LocalRoutes:
    """Handlers over the running parts."""

    def __init__(
        self,
        *,
        machines: StateMachines,
        journal: EventJournal,
        counts: Callable[[], Mapping[str, Mapping[str, int]]],
        endpoints: Mapping[str, str],
    ) -> None:
        self._machines = machines
        self._journal = journal
        self._counts = counts
        self._endpoints = endpoints
        self._events: deque[dict[str, Any]] = deque(maxlen=EVENTS_KEPT)

    def table(self) -> list[web.RouteDef]:
        return [
            web.get("/", self._index, allow_head=False),
            web.get("/health", self._health, allow_head=False),
            web.get("/turns/{trace_id}", self._turn, allow_head=False),
            web.get("/events", self._published, allow_head=False),
        ]

    async def _index(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "name": "MangaAssist, local stack",
                "routes": {
                    "POST /chat": "the deployed API",
                    "GET /health": "what runs, and what each function has done",
                    "GET /turns/{trace_id}": "the execution record of a turn",
                    "GET /events": "events published since the start",
                    "GET, POST, DELETE /faults": "make a dependency misbehave",
                },
                "endpoints": dict(self._endpoints),
            }
        )

    async def _health(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "functions": self._counts()})

    async def _turn(self, request: web.Request) -> web.Response:
        record = self._machines.record(request.match_info["trace_id"])
        if record is None:
            return web.json_response({"error": "no such turn, or it is too long ago"}, status=404)
        return web.json_response(asdict(record))

    async def _published(self, _: web.Request) -> web.Response:
        return web.json_response({"events": await self.events()})

    async def events(self) -> list[dict[str, Any]]:
        """What was published on the bus since the start, oldest first."""
        self._events.extend(await asyncio.to_thread(self._journal.take))
        return list(self._events)
