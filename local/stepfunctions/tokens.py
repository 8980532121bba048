"""Tasks that wait until someone returns their token.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
"""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from local.clock import Clock, Timer
from local.stepfunctions.errors import (
    TIMEOUT,
    HeartbeatTimeoutError,
    InvalidTokenError,
    StateError,
    TaskTimedOutError,
)
from local.stepfunctions.json_types import JSON

_ID_CHARACTERS: Final = 32


class WaitingTask:
    """A task that waits for its token. Ends once: with an output, an error, or when its time is over."""

    def __init__(self, token: str, clock: Clock) -> None:
        self.token = token
        self._clock = clock
        self._ended: asyncio.Future[JSON] = asyncio.get_running_loop().create_future()
        self._timers: list[Timer] = []
        self._heartbeat: float | None = None
        self._next_heartbeat: Timer | None = None

    async def result(self, limit: float | None, heartbeat: float | None) -> JSON:
        """Wait for the output; raises StateError. `limit` is seconds in all, `heartbeat` seconds between signs."""
        if limit is not None:
            self._timers.append(self._clock.call_later(limit, lambda: self.fail(StateError(TIMEOUT, ""))))
        self._heartbeat = heartbeat
        self.beat()
        return await self._ended

    def succeed(self, output: JSON) -> None:
        """End with an output; does nothing where the task has ended."""
        if not self._ended.done():
            self._ended.set_result(output)

    def fail(self, error: Exception) -> None:
        """End with an error; does nothing where the task has ended."""
        if not self._ended.done():
            self._ended.set_exception(error)

    def beat(self) -> None:
        """Wait for the next heartbeat from now on."""
        if self._next_heartbeat is not None:
            self._next_heartbeat.cancel()
        if self._heartbeat is not None:
            self._next_heartbeat = self._clock.call_later(self._heartbeat, lambda: self.fail(HeartbeatTimeoutError()))

    def close(self) -> None:
        """Forget the timers."""
        for timer in (*self._timers, *filter(None, [self._next_heartbeat])):
            timer.cancel()
        if not self._ended.cancel() and not self._ended.cancelled():
            self._ended.exception()


class TaskTokens:
    """The tokens that are out; one of these may serve many machines. To be used on the executions' event loop."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes()
        self._waiting: dict[str, WaitingTask] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def succeed(self, token: str, output: JSON) -> None:
        """SendTaskSuccess; raises InvalidTokenError, TaskTimedOutError."""
        self._take(token).succeed(output)

    def fail(self, token: str, error: str | None = None, cause: str | None = None) -> None:
        """SendTaskFailure; raises InvalidTokenError, TaskTimedOutError."""
        self._take(token).fail(StateError(error, cause))

    def heartbeat(self, token: str) -> None:
        """SendTaskHeartbeat; raises InvalidTokenError, TaskTimedOutError."""
        self._find(token).beat()

    @contextmanager
    def issued(self, clock: Clock) -> Iterator[WaitingTask]:
        """A task with a token of its own, which is closed at the end of the block."""
        number = secrets.token_hex(_ID_CHARACTERS // 2)
        task = WaitingTask(number + self._signature(number), clock)
        self._waiting[task.token] = task
        try:
            yield task
        finally:
            self._waiting.pop(task.token, None)
            task.close()

    def _take(self, token: str) -> WaitingTask:
        task = self._find(token)
        del self._waiting[token]
        return task

    def _find(self, token: str) -> WaitingTask:
        if token in self._waiting:
            return self._waiting[token]
        number, signature = token[:_ID_CHARACTERS], token[_ID_CHARACTERS:]
        if hmac.compare_digest(signature.encode(), self._signature(number).encode()):
            raise TaskTimedOutError("Task Timed Out: 'Provided task does not exist anymore'")
        raise InvalidTokenError("Invalid Token: 'Invalid token'")

    def _signature(self, number: str) -> str:
        """Tells a token that was issued from one that was not, without remembering it."""
        return hmac.new(self._secret, number.encode(), hashlib.sha256).hexdigest()
