"""One invocation on its way through a pool."""

import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False)
class Invocation:
    """The payload as JSON bytes, and a future of the answer as JSON bytes or FunctionFailedError.

    `report` is what its caller may read of how it was served; `released` is called once, when it is over.
    """

    payload: bytes
    answer: asyncio.Future[bytes]
    function_arn: str
    timeout_s: float
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    trace_id: str | None = None
    report: dict[str, Any] = field(default_factory=dict)
    submitted: float = field(default_factory=time.monotonic)
    begun: float = 0.0
    released: Callable[[], None] | None = None

    def headers(self) -> dict[str, str]:
        """The Runtime API's headers; the deadline counts from now, as the function's own time does."""
        # Never beyond the limit: the runtime client counts from whole milliseconds, rounded down.
        deadline_ms = int(time.time() * 1000) + round(self.timeout_s * 1000)
        return {
            "Lambda-Runtime-Aws-Request-Id": self.request_id,
            "Lambda-Runtime-Deadline-Ms": str(deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": self.function_arn,
            "Lambda-Runtime-Trace-Id": self.trace_id or new_trace_id(),
        }

    def begins(self, *, cold: bool, init_ms: float = 0.0) -> None:
        """A worker takes it, after a wait in milliseconds: for its start where it is cold, else for its turn."""
        self.begun = time.monotonic()
        waited_ms = round((self.begun - self.submitted) * 1000, 1)
        self.report |= {"request_id": self.request_id, "start": "cold" if cold else "warm", "waited_ms": waited_ms}
        if cold:
            self.report["init_ms"] = round(init_ms, 1)

    @property
    def duration_ms(self) -> float:
        """How long it has been with its worker."""
        return (time.monotonic() - self.begun) * 1000

    def succeed(self, result: bytes) -> None:
        self._release()
        if not self.answer.done():
            self.answer.set_result(result)

    def fail(self, error: Exception) -> None:
        self._release()
        if not self.answer.done():
            self.answer.set_exception(error)
            # A caller that was cancelled reads no answer; its exception is not worth a warning.
            self.answer.exception()

    def _release(self) -> None:
        released, self.released = self.released, None
        if released is not None:
            released()


def new_trace_id() -> str:
    """An X-Ray trace header, unsampled."""
    return f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]};Parent={uuid.uuid4().hex[:16]};Sampled=0"
