"""What the local API serves beside the deployed one: health, turns, and the index of it all."""

from collections.abc import Callable, Mapping
from dataclasses import asdict

from aiohttp import web

from local.machines import StateMachines


class LocalRoutes:
    """Handlers over the running parts."""

    def __init__(
        self,
        *,
        machines: StateMachines,
        counts: Callable[[], Mapping[str, Mapping[str, int]]],
        endpoints: Mapping[str, str],
    ) -> None:
        self._machines = machines
        self._counts = counts
        self._endpoints = endpoints

    def table(self) -> list[web.RouteDef]:
        return [
            web.get("/", self._index, allow_head=False),
            web.get("/health", self._health, allow_head=False),
            web.get("/turns/{trace_id}", self._turn, allow_head=False),
        ]

    async def _index(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "name": "MangaAssist, local stack",
                "routes": {
                    "POST /chat": "the deployed API",
                    "GET /health": "what runs, and what each function has done",
                    "GET /turns/{trace_id}": "the execution record of a turn",
                    "GET /events": "the latest events, deliveries and asynchronous invocations",
                    "GET /schedules": "schedules and scheduled rules, and when each is due",
                    "GET, POST /clock": "the time of schedules and retries; moves it forward",
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
