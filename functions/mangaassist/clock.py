"""The present, and how much time is left."""

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime


def now_ms() -> int:
    """The present, in epoch milliseconds."""
    return time.time_ns() // 1_000_000


def today() -> date:
    """The present day in UTC."""
    return datetime.now(UTC).date()


@dataclass(frozen=True)
class TimeBudget:
    """The time that a step may still take; `ends_at` is on the monotonic clock, in seconds."""

    ends_at: float

    @classmethod
    def of_ms(cls, ms: int) -> "TimeBudget":
        return cls(time.monotonic() + ms / 1000)

    @property
    def ms(self) -> int:
        """What is left, in milliseconds; never negative."""
        return max(0, round((self.ends_at - time.monotonic()) * 1000))
