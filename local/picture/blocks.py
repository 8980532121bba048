"""One state as shapes around its port, the middle of its box: a box, its folded fallbacks under it."""

from collections.abc import Iterator
from dataclasses import replace

from local.picture import text
from local.picture.chart import State
from local.picture.shapes import Box, Drawing, Line, together

SIZES = {"Task": 12.5, "Choice": 12.5, "Frame": 12.0, "Fallback": 10.5}
SMALL = 11.0
LEADING = 1.22
BOLD = 1.06
LIMITS = {"Task": 96.0, "Choice": 96.0, "Fallback": 86.0}
NARROW = 64.0
PADDING = {"Task": (10.0, 7.0), "Choice": (13.0, 6.5), "Fallback": (5.0, 2.5)}
TIGHT = (6.0, 4.5)
INSET = 5.0
FRAME_PADDING = 10.0
FRAME_TITLE = 22.0
FORK = 14.0
BETWEEN_BRANCHES = 13.0
BESIDE_THE_PORT = 12.0


def size(kind: str) -> float:
    """The letters' size."""
    return SIZES.get(kind, SMALL)


def box(name: str, kind: str) -> Box:
    """A name in a box of its size, around 0, 0."""
    letters = size(kind) * (BOLD if kind == "Task" else 1)
    lines = text.lines(name, letters, LIMITS.get(kind, NARROW))
    across, along = PADDING.get(kind, TIGHT)
    width = max(text.width(line, letters) for line in lines) + 2 * across
    return Box(name, kind, 0, 0, width, len(lines) * size(kind) * LEADING + 2 * along, lines)


def around(shape: Box) -> Drawing:
    """A box alone."""
    x, y = shape.width / 2, shape.height / 2
    return Drawing(shape.x - x, shape.x + x, shape.y - y, shape.y + y, boxes=(shape,))


def block(state: State, branches: list[Drawing]) -> Drawing:
    """A state without branches as a box; one with them as a frame that holds the branches side by side."""
    if branches:
        return _frame(state.name, branches, [box(name, "Fallback") for name in state.fallbacks])
    notes = [box(name, "Fallback") for name in state.fallbacks]
    own = box(state.name, state.kind)
    widest = max([own.width, *(note.width + 2 * INSET for note in notes)])
    parts = [around(replace(own, width=widest))]
    for note in notes:
        parts.append(around(note.moved(0, parts[-1].bottom + note.height / 2)))
    return together(parts)


def _frame(name: str, branches: list[Drawing], notes: list[Box]) -> Drawing:
    inner = sum(branch.width for branch in branches) + BETWEEN_BRANCHES * (len(branches) - 1)
    title = text.width(name, size("Frame"))
    width = max(inner, title) + 2 * FRAME_PADDING
    height = FRAME_TITLE + FORK + max(branch.height for branch in branches) + FRAME_PADDING
    height += max((note.height / 2 for note in notes), default=0)
    frame = Box(name, "Frame", 0, 0, width, height, (name,))
    left, top = -inner / 2, -height / 2 + FRAME_TITLE
    parts = [around(frame)]
    for branch in branches:
        placed = branch.moved(left - branch.left, top + FORK - branch.top)
        first = placed.boxes[0]
        fork = Line("", first.name, (), ((first.x, top), (first.x, first.y - first.height / 2)))
        parts += [placed, Drawing(first.x, first.x, top, top, lines=(fork,))]
        left += branch.width + BETWEEN_BRANCHES
    return together([*parts, *_across_the_edge(notes, height / 2)])


def _across_the_edge(notes: list[Box], y: float) -> Iterator[Drawing]:
    """Beside the middle, where the arrows of what is not folded leave."""
    x = BESIDE_THE_PORT
    for note in notes:
        yield around(note.moved(x + note.width / 2, y))
        x += note.width + INSET
