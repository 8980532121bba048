"""What the stand-ins were asked for a turn, as Bedrock's invocation log or OpenSearch's slow log would tell it.

A turn is known by what its functions send along; a call without it, such as the loading of data, is not told.
"""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web
from aiohttp.typedefs import Middleware
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from local.standins.transport import Handler

INFERENCE_ID = "X-Amzn-SageMaker-Inference-Id"
REQUEST_METADATA = "X-Amzn-Bedrock-Request-Metadata"
OPAQUE_ID = "X-Opaque-Id"
_CONVERSE = ("/converse", "/converse-stream")
_ABANDONED = "abandoned"
Model = TypeVar("Model", bound=BaseModel)


class _Metadata(BaseModel):
    model_config = ConfigDict(extra="ignore")

    trace_id: str | None = None


class _Converse(BaseModel):
    model_config = ConfigDict(extra="ignore")

    metadata: _Metadata = Field(default=_Metadata(), alias="requestMetadata")


class CallJournal:
    """One JSON line a call, in a file that is begun anew."""

    def __init__(self, path: Path) -> None:
        path.write_bytes(b"")
        self._path = path

    def around(self, service: str, app: web.Application) -> web.Application:
        """The stand-in of a service, its calls told here."""
        app.middlewares.insert(0, self._of(service))
        return app

    def _of(self, service: str) -> Middleware:
        @web.middleware
        async def told(request: web.Request, handler: Handler) -> web.StreamResponse:
            trace_id, started, status = await trace_of(request), time.monotonic(), _ABANDONED
            try:
                response = await handler(request)
                status = str(response.status)
            finally:
                if trace_id:
                    call = {"service": service, "path": request.path, "status": status, "trace_id": trace_id}
                    self._write({**call, "ms": round((time.monotonic() - started) * 1000)})
            return response

        return told

    def _write(self, call: dict[str, Any]) -> None:
        line = json.dumps({"time": datetime.now(UTC).isoformat(timespec="milliseconds"), **call})
        with self._path.open("ab", buffering=0) as file:
            file.write(line.encode() + b"\n")


async def trace_of(request: web.Request) -> str | None:
    """The trace id that came with a call, in the place where its API has one; None where there is none."""
    for name in (INFERENCE_ID, OPAQUE_ID):
        if name in request.headers:
            return request.headers[name]
    if REQUEST_METADATA in request.headers:
        metadata = _read(_Metadata, request.headers[REQUEST_METADATA])
        return metadata.trace_id if metadata else None
    if request.path.endswith(_CONVERSE):
        asked = _read(_Converse, await request.read())
        return asked.metadata.trace_id if asked else None
    return None


def _read(model: type[Model], text: str | bytes) -> Model | None:
    """What is not understood here is refused by the service itself."""
    try:
        return model.model_validate_json(text)
    except ValidationError:
        return None
