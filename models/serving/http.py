"""What both contracts share: errors as JSON, and which error has which status."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from aiohttp import web

from models.errors import (
    ArtefactError,
    InvalidRequestError,
    ModelLoadedError,
    ModelsError,
    ModelUnknownError,
    OutOfMemoryError,
    OverloadedError,
)
from models.serving.contracts import MAX_BODY_BYTES, ErrorResponse

_LOG = logging.getLogger(__name__)
_RETRY_AFTER = MappingProxyType({"Retry-After": "1"})
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_STATUS: Mapping[type[ModelsError], int] = MappingProxyType(
    {
        InvalidRequestError: 400,
        ArtefactError: 400,
        ModelUnknownError: 404,
        ModelLoadedError: 409,
        OverloadedError: 503,
        OutOfMemoryError: 507,
    }
)


@web.middleware
async def errors_as_json(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """`{"error": …}` for everything that is not an answer; what is not ours stays in the log."""
    try:
        return await handler(request)
    except tuple(_STATUS) as error:
        return failure(_STATUS[type(error)], str(error))
    except web.HTTPRequestEntityTooLarge:
        return failure(413, f"the body is larger than {MAX_BODY_BYTES} bytes; send fewer or shorter texts")
    except web.HTTPException as error:
        return failure(error.status, f"{request.method} {request.path}: {error.reason}")
    except Exception:
        _LOG.exception("inference failed")
        return failure(500, "inference failed; the container's log says why")


def failure(status: int, text: str) -> web.Response:
    """An error; a temporary one says when to come again."""
    body = json.dumps(ErrorResponse(error=text).model_dump(), ensure_ascii=False)
    headers = _RETRY_AFTER if status == web.HTTPServiceUnavailable.status_code else None
    return web.Response(status=status, text=body, content_type="application/json", headers=headers)


async def json_body(request: web.Request) -> bytes:
    """The body; 415 where it does not claim to be JSON."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(reason=f"content type is {request.content_type!r}; send application/json")
    return await request.read()
