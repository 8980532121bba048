"""What the local API serves beside the deployed one: health, and the index of it all."""

from collections.abc import Callable, Mapping

from aiohttp import web


class LocalRoutes:
    """Handlers over the running parts."""

    def __init__(
        self,
        *,
        counts: Callable[[], Mapping[str, Mapping[str, int]]],
        endpoints: Mapping[str, str],
    ) -> None:
        self._counts = counts
        self._endpoints = endpoints

    def table(self) -> list[web.RouteDef]:
        return [
            web.get("/", self._index, allow_head=False),
            web.get("/health", self._health, allow_head=False),
        ]

    async def _index(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "name": "MangaAssist, local stack",
                "routes": {
                    "POST /chat": "the deployed API",
                    "GET /health": "what runs, and what each function has done",
                    "GET /turns": "the latest turns",
                    "GET /turns/{trace_id}": "what a turn did, state by state; for a browser, its waterfall",
                    "GET /turns/{trace_id}/logs": "every log line of a turn, of functions, API and stand-ins, by time",
                    "GET /events": "the latest events, deliveries and asynchronous invocations",
                    "GET /schedules": "schedules and scheduled rules, and when each is due",
                    "GET /alarms": "the template's alarms, what made them change, and what they did",
                    "GET /metrics": "every metric of the last hour; ?namespace= for one service's",
                    "GET, POST /clock": "the time of schedules and retries; moves it forward",
                    "GET, POST, DELETE /faults": "make a dependency misbehave",
                },
                "endpoints": dict(self._endpoints),
            }
        )

    async def _health(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "functions": self._counts()})
