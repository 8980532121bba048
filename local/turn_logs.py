"""Every line of the local logs that belongs to a turn: what the saved query `turn` finds on AWS."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from local.metrics.emf import MARK, objects
from local.metrics.errors import EmfError

_MS = 1000


@dataclass(frozen=True)
class LogLine:
    """A JSON line, the time it tells in ISO 8601, and the log it stands in."""

    at: str
    log: str
    line: dict[str, Any]


def lines_of(folder: Path, trace_id: str) -> list[LogLine]:
    """In order of time: what names the trace id, and what Lambda itself wrote about the invocations that do."""
    everything = [(path.stem, found) for path in sorted(folder.glob("*.log")) for found in _objects(path)]
    own = [(log, line) for log, line in everything if line.get("trace_id") == trace_id]
    requests = {line.get("function_request_id") for _, line in own} - {None}
    platform = [(log, line) for log, line in everything if _request_of(line) in requests]
    return sorted((LogLine(_at(line), log, line) for log, line in [*own, *platform]), key=lambda line: line.at)


def log_routes(folder: Path) -> list[web.RouteDef]:
    """GET /turns/{trace_id}/logs."""

    async def logs(request: web.Request) -> web.Response:
        found = await asyncio.to_thread(lines_of, folder, request.match_info["trace_id"])
        return web.json_response({"lines": [{"at": one.at, "log": one.log, **one.line} for one in found]})

    return [web.get("/turns/{trace_id}/logs", logs, allow_head=False)]


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            yield from objects(line)
        except EmfError:
            continue


def _request_of(line: dict[str, Any]) -> str | None:
    """The invocation that a line of Lambda's own is about: of the platform, or of an error that left the handler."""
    record = line.get("record")
    found = record.get("requestId") if isinstance(record, dict) else line.get("requestId")
    return str(found) if found else None


def _at(line: dict[str, Any]) -> str:
    """Metrics and the access log tell epoch milliseconds, Lambda ISO 8601, Powertools a text of its own."""
    if MARK in line:
        return _iso(line[MARK]["Timestamp"])
    told = str(line.get("time") or line.get("timestamp") or "")
    if told.isdigit():
        return _iso(int(told))
    try:
        return _written(datetime.fromisoformat(told.replace(",", ".")))
    except ValueError:
        return ""


def _iso(epoch_ms: int) -> str:
    return _written(datetime.fromtimestamp(epoch_ms / _MS, UTC))


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
