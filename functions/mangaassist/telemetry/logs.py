"""Structured logs. Every line that a function prints for a turn holds the turn's trace id."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

REQUEST_ID = "function_request_id"
_TRACE: ContextVar[Mapping[str, str]] = ContextVar("trace", default={})  # noqa: B039  # never changed in place


@contextmanager
def in_turn(trace_id: str, request_id: str | None = None) -> Iterator[None]:
    """Whatever is logged and measured meanwhile belongs to this turn.

    `request_id` is Lambda's, which the lines that Lambda itself writes are found by.
    """
    trace = {"trace_id": trace_id, **({REQUEST_ID: request_id} if request_id else {})}
    token = _TRACE.set(trace)
    try:
        yield
    finally:
        _TRACE.reset(token)


def trace_of() -> Mapping[str, str]:
    """What says to which turn a line belongs; empty outside a turn."""
    return _TRACE.get()


def request_of() -> Mapping[str, str]:
    """Lambda's id of the invocation at hand; empty where there is none."""
    return {name: value for name, value in trace_of().items() if name == REQUEST_ID}


def logger() -> "Logger":
    """The logger, its lines those of the turn at hand. Asked for at each use: a logger that is kept keeps its turn."""
    found = _logger()
    found.thread_safe_clear_keys()
    found.thread_safe_append_keys(**trace_of())
    return found


@cache
def _logger() -> "Logger":
    from aws_lambda_powertools import Logger

    return Logger()
