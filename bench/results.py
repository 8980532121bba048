"""What a part of the benchmark gives."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

Cell = str | float | int | None
Say = Callable[[str], None]
"""Tells how far a part is."""


@dataclass(frozen=True)
class Goal:
    """A bound on a measured value. One that is `binding` fails the run: it does not depend on the machine."""

    name: str
    value: float
    limit: float
    unit: str = ""
    at_least: bool = False
    binding: bool = False

    @property
    def is_met(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit


@dataclass(frozen=True)
class Result:
    """`rows` hold one cell a column, None where there is nothing to show."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    goals: Sequence[Goal] = ()
    notes: Sequence[str] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def failed(self) -> list[Goal]:
        """The binding goals that were missed."""
        return [goal for goal in self.goals if goal.binding and not goal.is_met]

    def document(self) -> dict[str, Any]:
        """As it stands in the report."""
        goals = [{**asdict(goal), "is_met": goal.is_met} for goal in self.goals]
        return {
            "rows": [dict(zip(self.columns, row, strict=True)) for row in self.rows],
            "goals": goals,
            "notes": list(self.notes),
            **self.details,
        }


@dataclass(frozen=True)
class Part:
    """A part of the benchmark; `title` says what is measured. One that is `slow` runs only when it is named."""

    name: str
    title: str
    measure: Callable[[Say], Coroutine[Any, Any, Result]]
    slow: bool = False


class UnmeasurableError(Exception):
    """A part that cannot be measured here; says what to do."""
