"""The running stack's API, as a customer and an operator see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from local.standins.fault_routes import FaultRequest

TURN_LIMIT_S = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """What POST /chat answered, and the execution record behind it (empty for a refusal)."""

    status: int
    body: Mapping[str, Any]
    record: Mapping[str, Any]

    @property
    def reply(self) -> str:
        return str(self.body.get("reply", ""))

    @property
    def route(self) -> str:
        return str(self.body.get("route", "none"))

    @property
    def intent(self) -> str:
        return str(self.body.get("intent", "none"))

    @property
    def degraded(self) -> list[str]:
        return list(self.body.get("degraded", []))

    @property
    def total_ms(self) -> float:
        """From the start of the execution to its end, in milliseconds."""
        return float(self.record.get("ended", 0)) - float(self.record.get("started", 0))


class Api:
    """Calls on one HTTP session whose base is the stack's URL."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def turn(self, message: str, token: str | None) -> Answer:
        """One message of a signed-in customer, or of a new guest."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self._session.post("/chat", json={"message": message}, headers=headers) as response:
            body = await response.json(content_type=None)
        return Answer(response.status, body, await self._record(body.get("trace_id")))

    async def switch_on(self, faults: Sequence[FaultRequest]) -> None:
        """Make dependencies misbehave."""
        for fault in faults:
            async with self._session.post("/faults", json=fault.model_dump(mode="json")) as response:
                response.raise_for_status()

    async def switch_off(self) -> None:
        """Every dependency works again."""
        async with self._session.delete("/faults") as response:
            response.raise_for_status()

    async def _record(self, trace_id: str | None) -> Mapping[str, Any]:
        if trace_id is None:
            return {}
        async with self._session.get(f"/turns/{trace_id}") as response:
            record: dict[str, Any] = await response.json() if response.ok else {}
        return record
