"""Places a graph from left to right: a column a step, rows ordered so that few ways cross (after Sugiyama).

Lengths are pixels. A way over several columns keeps a free row in each of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from local.picture.graph import Edge, Graph

COLUMN_GAP = 36.0
ROW_GAP = 16.0
SWEEPS = 12


@dataclass(frozen=True, slots=True)
class Size:
    """How wide a box is, and how far it reaches above and below the line that its ways meet."""

    width: float
    above: float
    below: float


_PASSAGE = Size(0.0, 3.0, 3.0)


@dataclass(frozen=True, slots=True)
class Box:
    """A placed rectangle: its left upper corner and size, and where its ways meet it."""

    x: float
    y: float
    width: float
    height: float
    line: float

    def moved(self, x: float, y: float) -> "Box":
        return Box(self.x + x, self.y + y, self.width, self.height, self.line + y)


@dataclass(frozen=True, slots=True)
class Layout:
    """Boxes by state; the free boxes that each way runs through, by edge."""

    boxes: Mapping[str, Box]
    passages: Mapping[Edge, Sequence[Box]]
    width: float
    height: float


def place(graph: Graph, sizes: Mapping[str, Size]) -> Layout:
    """A box for every node."""
    columns = _columns(graph)
    rows: dict[int, list[str]] = defaultdict(list)
    for node in graph.nodes:
        rows[columns[node.name]].append(node.name)
    chains = {edge: _chain(edge, columns) for edge in graph.edges}
    for chain in chains.values():
        for name in chain[1:-1]:
            rows[_column_of(name)].append(name)
    all_sizes = {**{name: _PASSAGE for column in rows.values() for name in column}, **sizes}
    neighbours = _neighbours(chains.values())
    _order(rows, neighbours)
    boxes = _boxes(rows, all_sizes, _lines(rows, all_sizes, neighbours))
    width = max(box.x + box.width for box in boxes.values())
    height = max(box.y + box.height for box in boxes.values())
    passages = {edge: [boxes[name] for name in chain[1:-1]] for edge, chain in chains.items()}
    return Layout({node.name: boxes[node.name] for node in graph.nodes}, passages, width, height)


def _columns(graph: Graph) -> dict[str, int]:
    """The longest way from a start: every edge leads to the right."""
    columns = {node.name: 0 for node in graph.nodes}
    for _ in graph.nodes:
        for edge in graph.edges:
            columns[edge.target] = max(columns[edge.target], columns[edge.source] + 1)
    return columns


def _chain(edge: Edge, columns: Mapping[str, int]) -> list[str]:
    between = range(columns[edge.source] + 1, columns[edge.target])
    return [edge.source, *(f"{edge.source}→{edge.target}→{column}" for column in between), edge.target]


def _column_of(passage: str) -> int:
    return int(passage.rpartition("→")[2])


def _neighbours(chains: Iterable[list[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for chain in chains:
        for left, right in pairwise(chain):
            found[left].append(right)
            found[right].append(left)
    return found


def _order(rows: dict[int, list[str]], neighbours: Mapping[str, list[str]]) -> None:
    """Sort each column by the mean place of what it is connected to, again and again."""
    for sweep in range(SWEEPS):
        places = {
            name: place / max(1, len(column) - 1) for column in rows.values() for place, name in enumerate(column)
        }
        for column in sorted(rows, reverse=bool(sweep % 2)):
            rows[column].sort(key=lambda name: _mean([places[n] for n in neighbours[name]], places[name]))
            places |= {name: place / max(1, len(rows[column]) - 1) for place, name in enumerate(rows[column])}


def _lines(
    rows: Mapping[int, list[str]], sizes: Mapping[str, Size], neighbours: Mapping[str, list[str]]
) -> dict[str, float]:
    """The line of every box: drawn towards those of its neighbours, without overlap."""
    lines = {name: 0.0 for column in rows.values() for name in column}
    for column in rows.values():
        _spread(column, lines, sizes)
    for sweep in range(SWEEPS * 2):
        for number in sorted(rows, reverse=bool(sweep % 2)):
            for name in rows[number]:
                lines[name] = _mean([lines[n] for n in neighbours[name]], lines[name])
            _spread(rows[number], lines, sizes)
    highest = min(line - sizes[name].above for name, line in lines.items())
    return {name: line - highest for name, line in lines.items()}


def _spread(column: Sequence[str], lines: dict[str, float], sizes: Mapping[str, Size]) -> None:
    """Push boxes of a column apart, keeping their order and their common mean."""
    wanted = _mean([lines[name] for name in column], 0.0)
    for above, below in pairwise(column):
        least = lines[above] + sizes[above].below + sizes[below].above + ROW_GAP
        lines[below] = max(lines[below], least)
    shift = wanted - _mean([lines[name] for name in column], 0.0)
    for name in column:
        lines[name] += shift


def _boxes(rows: Mapping[int, list[str]], sizes: Mapping[str, Size], lines: Mapping[str, float]) -> dict[str, Box]:
    boxes: dict[str, Box] = {}
    x = 0.0
    for number in sorted(rows):
        width = max(sizes[name].width for name in rows[number])
        for name in rows[number]:
            size = sizes[name]
            top = lines[name] - size.above
            boxes[name] = Box(x, top, size.width or width, size.above + size.below, lines[name])
        x += width + COLUMN_GAP
    return boxes


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
