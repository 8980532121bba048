"""Stands before moto: answers PutEvents itself, and sees every change of a rule or schedule that moto accepts.

moto keeps rules and schedules, for whoever describes or lists them; what they lead to happens here. Nothing is asked
for again and again: a change that passes is the change that is made.
"""

import io
import json
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final, Protocol
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from local.events import rules
from local.events.entries import InvalidEntryError, InvalidRequestError, Origin, Published, check_request, read_entry
from local.events.errors import InvalidExpressionError, InvalidPatternError
from local.events.patterns import compile_pattern
from local.events.schedules import check_schedule

_SCHEDULE: Final = re.compile(r"(?P<method>POST|PUT|DELETE) /schedules/(?P<name>[^/]+)")
_GROUP: Final = re.compile(r"DELETE /schedule-groups/(?P<name>[^/]+)")
_JSON_RPC: Final = "application/x-amz-json-1.1"
Request = Mapping[str, Any]


class Listener(Protocol):
    """Hears, in the order of the answers, from the threads that serve them."""

    def published(self, published: Published) -> None:
        """An event was put on a bus."""

    def rule_changed(self, operation: str, request: Request) -> None:
        """EventBridge accepted a change of a rule."""

    def schedule_put(self, name: str, request: Request) -> None:
        """EventBridge Scheduler created or replaced a schedule."""

    def schedule_deleted(self, group: str | None, name: str) -> None:
        """EventBridge Scheduler deleted a schedule."""

    def group_deleted(self, name: str) -> None:
        """EventBridge Scheduler deleted a group."""


class EventsFront:
    """A WSGI application around moto's. Requests for anything else pass untouched."""

    def __init__(self, app: WSGIApplication, listener: Listener, origin: Origin, now: Callable[[], float]) -> None:
        self._app, self._listener = app, listener
        self._origin, self._now = origin, now
        # A change and the word of it are one: two callers cannot be heard in another order than moto served them.
        self._changing = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        prefix, _, operation = environ.get("HTTP_X_AMZ_TARGET", "").partition(".")
        if prefix == "AWSEvents":
            return self._events(operation, environ, start_response)
        if "/scheduler/aws4_request" in environ.get("HTTP_AUTHORIZATION", ""):
            return self._scheduler(environ, start_response)
        return self._app(environ, start_response)

    def _events(self, operation: str, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if operation in _ANSWERED:
            request = _peek(environ)
            try:
                return _answer(start_response, 200, _ANSWERED[operation](self, request))
            except (InvalidRequestError, InvalidPatternError) as error:
                return _refuse(start_response, _CODES[type(error)], str(error))
        if operation in rules.CHANGES:
            return self._change_rule(operation, environ, start_response)
        return self._app(environ, start_response)

    def _put_events(self, request: Request) -> dict[str, Any]:
        check_request(request.get("Entries"))
        answers = [self._put_entry(entry) for entry in request["Entries"]]
        return {"FailedEntryCount": sum("ErrorCode" in answer for answer in answers), "Entries": answers}

    def _put_entry(self, entry: Request) -> dict[str, str]:
        try:
            published = read_entry(entry, self._origin, self._now())
        except InvalidEntryError as error:
            return {"ErrorCode": error.code, "ErrorMessage": str(error)}
        self._listener.published(published)
        return {"EventId": published.event["id"]}

    def _test_pattern(self, request: Request) -> dict[str, Any]:
        return {"Result": compile_pattern(request["EventPattern"]).matches(json.loads(request["Event"]))}

    def _change_rule(self, operation: str, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = _peek(environ)
        if operation == "PutRule":
            try:
                rules.check_rule(request)
            except (InvalidPatternError, InvalidExpressionError) as error:
                return _refuse(start_response, _CODES[type(error)], str(error))
        return self._pass(environ, start_response, lambda: self._listener.rule_changed(operation, request))

    def _scheduler(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        asked = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        if found := _SCHEDULE.fullmatch(asked):
            return self._change_schedule(found["method"], found["name"], environ, start_response)
        if found := _GROUP.fullmatch(asked):
            name = found["name"]
            return self._pass(environ, start_response, lambda: self._listener.group_deleted(name))
        return self._app(environ, start_response)

    def _change_schedule(
        self, method: str, name: str, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        if method == "DELETE":
            group = parse_qs(environ.get("QUERY_STRING", "")).get("groupName", [None])[0]
            return self._pass(environ, start_response, lambda: self._listener.schedule_deleted(group, name))
        request = _peek(environ)
        try:
            check_schedule(name, request)
        except InvalidExpressionError as error:
            return _refuse(start_response, "ValidationException", str(error))
        return self._pass(environ, start_response, lambda: self._listener.schedule_put(name, request))

    def _pass(
        self, environ: WSGIEnvironment, start_response: StartResponse, accepted: Callable[[], None]
    ) -> Iterable[bytes]:
        """Let moto answer, and say what was accepted if it was."""
        statuses: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], error: Any = None) -> Callable[[bytes], object]:
            statuses.append(status)
            return start_response(status, headers, error)

        with self._changing:
            body = list(self._app(environ, start))
            if statuses and statuses[-1].startswith("2"):
                accepted()
        return body


def _peek(environ: WSGIEnvironment) -> Request:
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    request: Request = json.loads(body or b"{}")
    return request


def _refuse(start_response: StartResponse, code: str, message: str) -> list[bytes]:
    return _answer(start_response, 400, {"__type": code, "message": message}, code)


def _answer(start_response: StartResponse, status: int, body: Request, error: str = "") -> list[bytes]:
    payload = json.dumps(body).encode()
    headers = [("Content-Type", _JSON_RPC), ("Content-Length", str(len(payload)))]
    headers += [("x-amzn-ErrorType", error)] if error else []
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [payload]


_ANSWERED: Final[Mapping[str, Callable[[EventsFront, Request], dict[str, Any]]]] = MappingProxyType(
    {"PutEvents": EventsFront._put_events, "TestEventPattern": EventsFront._test_pattern}
)
_CODES: Final[Mapping[type[Exception], str]] = MappingProxyType(
    {
        InvalidRequestError: "ValidationException",
        InvalidExpressionError: "ValidationException",
        InvalidPatternError: "InvalidEventPatternException",
    }
)
