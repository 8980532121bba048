"""Lambda's Invoke over HTTP, for an unchanged boto3 client. Signatures are not verified; there is no log tail.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

import json
import uuid
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from aiohttp import web

from local.lambda_runtime.errors import REQUEST_LIMIT_BYTES, FunctionFailedError
from local.template import FunctionSpec

_EVENT_LIMIT_BYTES = 1024 * 1024
_MODES = ("RequestResponse", "Event", "DryRun")
_STATUSES = {"Lambda.TooManyRequestsException": 429, "Lambda.RequestTooLargeException": 413}
_ARN_PARTS = 7


class Functions(Protocol):
    """Invokes a function by ARN; raises FunctionFailedError."""

    async def invoke(self, function: str, payload: Any, *, trace_id: str | None = None) -> Any: ...


Accept = Callable[[str, Any], str]
"""Queues an asynchronous invocation of an ARN: its request id."""


class _RefusedError(Exception):
    """An error of the service, not of the function."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind


def invoke_app(functions: Functions, specs: Iterable[FunctionSpec], accept: Accept) -> web.Application:
    """The service; no other action of Lambda's API is there."""
    api = _InvokeApi(functions, specs, accept)
    app = web.Application(client_max_size=2 * REQUEST_LIMIT_BYTES)
    app.router.add_post("/2015-03-31/functions/{name}/invocations", api.handle)
    return app


class _InvokeApi:
    def __init__(self, functions: Functions, specs: Iterable[FunctionSpec], accept: Accept) -> None:
        self._functions = functions
        self._specs = {spec.name: spec for spec in specs}
        self._accept = accept

    async def handle(self, request: web.Request) -> web.Response:
        try:
            arn = self._arn(request.match_info["name"], request.query.get("Qualifier"))
            mode = _mode(request)
            payload = _payload(await request.read(), mode)
            if mode == "DryRun":
                return web.Response(status=204)
            if mode == "Event":
                return _answer(202, b"", request_id=self._accept(arn, payload))
            return await self._invoke(arn, payload, request.headers.get("X-Amzn-Trace-Id"))
        except _RefusedError as refusal:
            return _refused(refusal.status, refusal.kind, str(refusal))

    async def _invoke(self, arn: str, payload: Any, trace_id: str | None) -> web.Response:
        executed = {"X-Amz-Executed-Version": "$LATEST"}
        try:
            result = await self._functions.invoke(arn, payload, trace_id=trace_id)
        except FunctionFailedError as error:
            if error.error in _STATUSES:
                return _refused(_STATUSES[error.error], error.error.removeprefix("Lambda."), error.cause)
            return _answer(200, error.cause.encode(), {**executed, "X-Amz-Function-Error": "Unhandled"})
        return _answer(200, json.dumps(result, ensure_ascii=False).encode(), executed)

    def _arn(self, given: str, qualifier: str | None) -> str:
        """The ARN of a name, a partial ARN or an ARN, each with or without its qualifier."""
        parts = given.split(":")
        if given.startswith("arn:"):
            name, rest = parts[_ARN_PARTS - 1], parts[_ARN_PARTS:]
        elif "function" in parts:
            name, rest = parts[parts.index("function") + 1], parts[parts.index("function") + 2 :]
        else:
            name, rest = parts[0], parts[1:]
        qualifier = qualifier or (rest[0] if rest else None)
        spec = self._specs.get(name)
        arn = f"{spec.arn}:{qualifier}" if spec and qualifier else spec.arn if spec else None
        if spec is None or arn not in spec.arns:
            raise _RefusedError(404, "ResourceNotFoundException", f"Function not found: {given}")
        return arn


def _mode(request: web.Request) -> str:
    mode = request.headers.get("X-Amz-Invocation-Type", _MODES[0])
    if mode not in _MODES:
        raise _RefusedError(400, "InvalidParameterValueException", f"Unsupported invocation type {mode}")
    if request.headers.get("X-Amz-Log-Type", "None") != "None":
        raise _RefusedError(
            400, "InvalidParameterValueException", "LogType Tail is not implemented here: see build/logs"
        )
    return mode


def _payload(body: bytes, mode: str) -> Any:
    limit = _EVENT_LIMIT_BYTES if mode == "Event" else REQUEST_LIMIT_BYTES
    if len(body) > limit:
        message = f"{len(body)} byte payload is too large for the {mode} invocation type (limit {limit} bytes)"
        raise _RefusedError(413, "RequestTooLargeException", message)
    try:
        return json.loads(body) if body else {}
    except ValueError as error:
        message = f"Could not parse request body into json: {error}"
        raise _RefusedError(400, "InvalidRequestContentException", message) from error


def _answer(
    status: int, body: bytes, headers: dict[str, str] | None = None, request_id: str | None = None
) -> web.Response:
    headers = {"x-amzn-RequestId": request_id or str(uuid.uuid4()), **(headers or {})}
    return web.Response(status=status, body=body, headers=headers, content_type="application/json")


def _refused(status: int, kind: str, message: str) -> web.Response:
    body = json.dumps({"Type": "User", "Message": message, "message": message}).encode()
    return _answer(status, body, {"x-amzn-ErrorType": kind})
