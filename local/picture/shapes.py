"""What a picture consists of, in pixels; y grows downwards."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A rectangle around `x`, `y`. Its kind is the state's type, or "Frame" or "Fallback"."""

    name: str
    kind: str
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]

    def moved(self, dx: float, dy: float) -> Self:
        return replace(self, x=self.x + dx, y=self.y + dy)


@dataclass(frozen=True)
class Line:
    """An arrow through `points`; a source of "" is the beginning of a branch."""

    source: str
    target: str
    errors: tuple[str, ...]
    points: tuple[Point, ...]

    def moved(self, dx: float, dy: float) -> Self:
        return replace(self, points=tuple((x + dx, y + dy) for x, y in self.points))


@dataclass(frozen=True)
class Drawing:
    """Shapes around the point 0, 0, from `left` to `right` and `top` to `bottom`."""

    left: float
    right: float
    top: float
    bottom: float
    boxes: tuple[Box, ...] = ()
    lines: tuple[Line, ...] = ()

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def moved(self, dx: float, dy: float) -> Self:
        return replace(
            self,
            left=self.left + dx,
            right=self.right + dx,
            top=self.top + dy,
            bottom=self.bottom + dy,
            boxes=tuple(box.moved(dx, dy) for box in self.boxes),
            lines=tuple(line.moved(dx, dy) for line in self.lines),
        )


def together(drawings: Iterable[Drawing]) -> Drawing:
    """One drawing of several, each where it is."""
    all_of = list(drawings)
    return Drawing(
        left=min(one.left for one in all_of),
        right=max(one.right for one in all_of),
        top=min(one.top for one in all_of),
        bottom=max(one.bottom for one in all_of),
        boxes=tuple(box for one in all_of for box in one.boxes),
        lines=tuple(line for one in all_of for line in one.lines),
    )
