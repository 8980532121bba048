"""Where each cell of a row stands: as near to its neighbours above and below as the cells beside it allow.

Reweighted least squares approach the least sum of horizontal distances, the cells of a row being pushed apart after
each round; then whole runs of cells are brought under a neighbour wherever this shortens the sum.
"""

from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise

from local.picture.layers import Cell, Layers, Link

ROUNDS = 300
PUSHES = 40
# A link between two waypoints is kept straight first, then the ends of a long link, then the rest.
_WEIGHTS = (1.0, 3.0, 8.0)
_SOFTENING = 3.0
_TOLERANCE = 0.01
STRAIGHTENINGS = 3
BEND = 30.0

Apart = tuple[Cell, Cell, float]
Neighbours = Mapping[Cell, list[tuple[Cell, float]]]


def place(
    layers: Layers, extents: Mapping[Cell, tuple[float, float]], pulls: Mapping[Link, float], gap: float
) -> dict[Cell, float]:
    """The x of each cell, of its port; `extents` are its widths left and right of the port."""
    apart = [(a, b, extents[a][1] + gap + extents[b][0]) for row in layers.rows for a, b in pairwise(row)]
    x = _packed(layers.rows, extents, gap)
    neighbours = _neighbours(layers, pulls)
    for _ in range(ROUNDS):
        for cell, near in neighbours.items():
            pull = [(weight / (abs(x[other] - x[cell]) + _SOFTENING), x[other]) for other, weight in near]
            x[cell] = sum(force * at for force, at in pull) / sum(force for force, _ in pull)
        _push(x, apart)
    _settle(x, apart)
    _straighten(x, list(layers.ways.values()), neighbours, apart)
    return x


def _packed(rows: list[list[Cell]], extents: Mapping[Cell, tuple[float, float]], gap: float) -> dict[Cell, float]:
    x: dict[Cell, float] = {}
    for row in rows:
        edge = -sum(sum(extents[cell]) + gap for cell in row) / 2
        for cell in row:
            x[cell] = edge + extents[cell][0]
            edge += sum(extents[cell]) + gap
    return x


def _neighbours(layers: Layers, pulls: Mapping[Link, float]) -> Neighbours:
    found: dict[Cell, list[tuple[Cell, float]]] = defaultdict(list)
    for link, way in layers.ways.items():
        for upper, lower in pairwise(way):
            weight = pulls[link] * _WEIGHTS[(not upper.node) + (not lower.node)]
            found[upper].append((lower, weight))
            found[lower].append((upper, weight))
    return found


def _push(x: dict[Cell, float], apart: list[Apart]) -> None:
    for _ in range(PUSHES):
        for left, right, distance in apart:
            missing = distance - (x[right] - x[left])
            if missing > 0:
                x[left] -= missing / 2
                x[right] += missing / 2


def _straighten(x: dict[Cell, float], ways: list[list[Cell]], neighbours: Neighbours, apart: list[Apart]) -> None:
    runs = [run for way in ways for run in (way[1:-1], way[1:], way[:-1], way) if run]
    runs += [[cell] for cell in neighbours]
    for run in runs * STRAIGHTENINGS:
        wanted = {x[other] for cell in run for other, _ in neighbours[cell]} | {x[cell] for cell in run}
        candidates = [moved for at in sorted(wanted) if (moved := _moved(x, run, at, neighbours, apart))]
        costs = [round(_cost(places, neighbours), 1) for places in (x, *candidates)]
        x.update([x, *candidates][costs.index(min(costs))])


def _moved(
    x: dict[Cell, float], run: list[Cell], at: float, neighbours: Neighbours, apart: list[Apart]
) -> dict[Cell, float] | None:
    """The places with `run` brought to `at` and what is in its way moved aside, unless this meets itself."""
    places = x | dict.fromkeys(run, at)
    fixed = set(run)
    while overlap := next((one for one in apart if places[one[1]] - places[one[0]] < one[2] - _TOLERANCE), None):
        left, right, distance = overlap
        other, to = (right, places[left] + distance) if left in fixed else (left, places[right] - distance)
        line = _line(places, other, neighbours)
        if line & fixed:
            return None
        places |= dict.fromkeys(line, to)
        fixed |= line
    return places


def _line(x: Mapping[Cell, float], cell: Cell, neighbours: Neighbours) -> set[Cell]:
    """The cell and all that stand straight above and below it."""
    line, ahead = {cell}, [cell]
    while ahead:
        near = {other for other, _ in neighbours[ahead.pop()] if abs(x[other] - x[cell]) < _TOLERANCE} - line
        line |= near
        ahead += near
    return line


def _cost(x: Mapping[Cell, float], neighbours: Neighbours) -> float:
    """The sum of horizontal distances, each bend as one more."""
    apart = ((weight, abs(x[cell] - x[other])) for cell, near in neighbours.items() for other, weight in near)
    return sum(weight * (distance + BEND * (distance > _TOLERANCE)) for weight, distance in apart)


def _settle(x: dict[Cell, float], apart: list[Apart]) -> None:
    """What little is missing still, from left to right."""
    for left, right, distance in apart:
        x[right] = max(x[right], x[left] + distance)
