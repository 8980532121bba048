"""GET, POST and DELETE /faults, to be mounted on the stack's API."""

import json
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from local.standins.fault_catalogue import IN_PROCESS_ONLY, TARGETS, Mode
from local.standins.faults import DEFAULT_DELAY_MS, Fault, FaultBoard, FaultRefusedError, as_json


class FaultRequest(BaseModel):
    """The body of POST /faults."""

    model_config = ConfigDict(extra="forbid")

    target: str
    mode: Mode
    delay_ms: int = DEFAULT_DELAY_MS
    times: int | None = None
    matching: tuple[str, ...] = ()
    flapping_ms: int | None = None
    after: float = 0.5

    def fault(self) -> Fault:
        """The fault asked for; raises FaultRefusedError."""
        if self.mode in IN_PROCESS_ONLY:
            raise FaultRefusedError(f"mode: {IN_PROCESS_ONLY[self.mode]}")
        return Fault(**dict(self))


def board_json(board: FaultBoard) -> dict[str, object]:
    """What is on, and what every target can be told to do."""
    return {
        "faults": [as_json(fault) for fault in board.faults()],
        "targets": {name: sorted(modes - IN_PROCESS_ONLY.keys()) for name, modes in TARGETS.items()},
    }


def parse_fault(body: bytes) -> Fault:
    """A fault out of a request body; raises FaultRefusedError naming the field."""
    try:
        return FaultRequest.model_validate(json.loads(body)).fault()
    except ValidationError as error:
        first = error.errors()[0]
        raise FaultRefusedError(f"{'.'.join(map(str, first['loc'])) or 'body'}: {first['msg']}") from error
    except json.JSONDecodeError as error:
        raise FaultRefusedError(f"body: not JSON ({error})") from error


def fault_routes(board: FaultBoard) -> list[web.RouteDef]:
    """The routes that show and change a board; DELETE takes ?target=."""

    async def show(_: web.Request) -> web.Response:
        return web.json_response(board_json(board))

    async def switch_on(request: web.Request) -> web.Response:
        try:
            board.switch_on(parse_fault(await request.read()))
        except FaultRefusedError as error:
            return _refusal(str(error))
        return web.json_response(board_json(board))

    async def switch_off(request: web.Request) -> web.Response:
        target: Any = request.query.get("target")
        if target is not None and target not in TARGETS:
            return _refusal(f"target: {target!r} is none of {', '.join(sorted(TARGETS))}")
        board.switch_off(target)
        return web.json_response(board_json(board))

    return [web.get("/faults", show), web.post("/faults", switch_on), web.delete("/faults", switch_off)]


def _refusal(reason: str) -> web.Response:
    return web.json_response({"error": reason}, status=400)
