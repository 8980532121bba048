"""A time axis with round numbers, in milliseconds for a turn and in days for a workflow that waits for people."""

from dataclasses import dataclass
from itertools import count, takewhile
from typing import Final, NamedTuple

MARGIN: Final = 1.02
MOST_TICKS: Final = 10
WORTH_SHOWING: Final = 1.6
"""The axis reaches to a deadline up to so many times later than the end."""
_SHORT: Final = 10.0


class Unit(NamedTuple):
    """How times are shown: what a unit is called, its milliseconds, and up to which duration it serves."""

    name: str
    ms: float
    most_ms: float

    def text(self, ms: float) -> str:
        """A duration as a number, with a digit more where it is short."""
        value = ms / self.ms
        return f"{value:.1f}" if value < _SHORT else f"{value:,.0f}"


UNITS: Final = (
    Unit("ms", 1.0, 60_000.0),
    Unit("s", 1_000.0, 10 * 60_000.0),
    Unit("min", 60_000.0, 3 * 3_600_000.0),
    Unit("h", 3_600_000.0, 4 * 86_400_000.0),
    Unit("d", 86_400_000.0, float("inf")),
)


def unit_of(total_ms: float) -> Unit:
    """The unit for an execution of this length."""
    return next(unit for unit in UNITS if total_ms <= unit.most_ms)


@dataclass(frozen=True)
class Axis:
    """From 0 to `end_ms`, a tick at every `step_ms`, which is round in its unit."""

    unit: Unit
    end_ms: float
    step_ms: float

    @classmethod
    def of(cls, total_ms: float, deadline_ms: float | None) -> "Axis":
        """Wide enough for all of it, and for the deadline unless that is far off."""
        shown = [max(total_ms, 1.0)]
        if deadline_ms is not None and deadline_ms <= shown[0] * WORTH_SHOWING:
            shown.append(deadline_ms)
        unit, end_ms = unit_of(total_ms), max(shown) * MARGIN
        steps = (factor * 10**power * unit.ms for power in count(0) for factor in (1, 2, 5))
        return cls(unit, end_ms, float(next(step for step in steps if end_ms / step <= MOST_TICKS)))

    @property
    def ticks(self) -> list[float]:
        """The round milliseconds."""
        return list(takewhile(lambda at: at < self.end_ms, (number * self.step_ms for number in count())))

    def label(self, tick_ms: float) -> str:
        """What stands at a tick."""
        return f"{tick_ms / self.unit.ms:,.0f}"

    def percent(self, ms: float) -> float:
        """Where a moment, or how wide a duration, is on the axis."""
        return round(100 * min(max(ms, 0.0), self.end_ms) / self.end_ms, 3)
