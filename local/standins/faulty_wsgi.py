"""A WSGI wrapper that gives the services behind it (moto's DynamoDB, EventBridge, Scheduler, …) the board's faults.

Mount it *outside* any lock around the application: a call that hangs must not hold the lock.
"""

import io
import json
import socket
import time
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from local.standins.fault_catalogue import Mode
from local.standins.faults import Fault, FaultBoard
from local.standins.payloads import INSTEAD, bent
from local.standins.shapes import DYNAMODB, OTHER_JSON_RPC, Failure

_TARGET_OF_PREFIX: Mapping[str, str] = MappingProxyType(
    {
        "DynamoDB_20120810": "dynamodb",
        "AWSEvents": "events",
        "AmazonSQS": "queue",
        "AmazonSSM": "parameters",
        "secretsmanager": "secrets",
    }
)
_JSON = [("Content-Type", "application/x-amz-json-1.1")]
_OF_BODIES = frozenset({*INSTEAD, Mode.TRUNCATED_JSON})


class FaultyWsgi:
    """The application, misbehaving as the board says. A fault's `matching` is sought in "Operation\\nbody"."""

    def __init__(self, app: WSGIApplication, board: FaultBoard) -> None:
        self._app = app
        self._board = board

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        target, operation = _called(environ)
        if target is None or not self._board.concerns(target):
            return self._app(environ, start_response)
        body = _peek(environ)
        fault = self._board.take(target, f"{operation}\n{body.decode(errors='replace')}")
        shown = self._misbehave(fault, body, environ, start_response)
        return shown or self._bent(fault, environ, start_response)

    def _misbehave(
        self, fault: Fault | None, body: bytes, environ: WSGIEnvironment, start_response: StartResponse
    ) -> list[bytes] | None:
        if fault is None:
            return None
        if fault.mode is Mode.REFUSED:
            return _dropped(environ, start_response)
        if fault.mode is Mode.SLOW:
            time.sleep(fault.delay_s)
        elif fault.mode is Mode.HANG:
            self._board.hold(fault)
        elif fault.mode is Mode.PARTIAL:
            return _answer(start_response, 200, _nothing_put(body))
        failure = (DYNAMODB if fault.target == "dynamodb" else OTHER_JSON_RPC).get(fault.mode)
        return _fail(start_response, failure) if failure else None

    def _bent(self, fault: Fault | None, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The application's own answer, as the fault makes it."""
        if fault is None or fault.mode not in _OF_BODIES:
            return self._app(environ, start_response)
        answered: list[Any] = []
        body = b"".join(self._app(environ, lambda *status: answered.extend(status)))  # type: ignore[arg-type]  # no write()
        return _answer(start_response, int(answered[0].split()[0]), bent(body, fault))


def _called(environ: WSGIEnvironment) -> tuple[str | None, str]:
    """The target of a request, and its operation: a name, or the method and path of a REST service."""
    if "/scheduler/aws4_request" in environ.get("HTTP_AUTHORIZATION", ""):
        return "scheduler", f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
    prefix, _, operation = environ.get("HTTP_X_AMZ_TARGET", "").partition(".")
    return _TARGET_OF_PREFIX.get(prefix), operation


def _dropped(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """Close the connection before an answer, as a port that refuses would."""
    connection: socket.socket = environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    return _answer(start_response, 503, b"dropped")


def _peek(environ: WSGIEnvironment) -> bytes:
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _nothing_put(body: bytes) -> bytes:
    """PutEvents' answer when every entry failed: a 200 all the same."""
    entries = json.loads(body).get("Entries", [])
    failed = [{"ErrorCode": "InternalFailure", "ErrorMessage": "Unable to put the event"} for _ in entries]
    return json.dumps({"FailedEntryCount": len(failed), "Entries": failed}).encode()


def _fail(start_response: StartResponse, failure: Failure) -> list[bytes]:
    return _answer(start_response, failure.status, failure.payload())


def _answer(start_response: StartResponse, status: int, payload: bytes) -> list[bytes]:
    start_response(f"{status} {HTTPStatus(status).phrase}", [*_JSON, ("Content-Length", str(len(payload)))])
    return [payload]
