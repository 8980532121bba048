"""A time axis with round numbers."""

from dataclasses import dataclass
from itertools import count, takewhile
from typing import Final

MARGIN: Final = 1.02
MOST_TICKS: Final = 10
WORTH_SHOWING: Final = 1.6
"""The axis reaches to a deadline up to so many times later than the end."""


@dataclass(frozen=True)
class Axis:
    """From 0 to `end_ms`, a tick at every `step_ms`."""

    end_ms: float
    step_ms: float

    @classmethod
    def of(cls, total_ms: float, deadline_ms: float | None) -> "Axis":
        """Wide enough for all of it, and for the deadline unless that is far off."""
        shown = [max(total_ms, 1.0)]
        if deadline_ms is not None and deadline_ms <= shown[0] * WORTH_SHOWING:
            shown.append(deadline_ms)
        end_ms = max(shown) * MARGIN
        steps = (factor * 10**power for power in count(0) for factor in (1, 2, 5))
        return cls(end_ms, float(next(step for step in steps if end_ms / step <= MOST_TICKS)))

    @property
    def ticks(self) -> list[float]:
        """The round milliseconds."""
        return list(takewhile(lambda at: at < self.end_ms, (number * self.step_ms for number in count())))

    def percent(self, ms: float) -> float:
        """Where a moment, or how wide a duration, is on the axis."""
        return round(100 * min(max(ms, 0.0), self.end_ms) / self.end_ms, 3)
