"""Rows for a directed graph, after Sugiyama: ranks by longest path, order by barycentres.

A link has a waypoint in each row that it crosses.
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

Link = tuple[str, str]
SWEEPS = 24


@dataclass(frozen=True)
class Cell:
    """A node, or the waypoint of a link in a row that it crosses."""

    node: str = ""
    link: Link = ("", "")
    row: int = 0


@dataclass(frozen=True)
class Layers:
    """`rows` from left to right; `ways` holds each link's cells from the upper row to the lower."""

    rows: list[list[Cell]]
    ways: dict[Link, list[Cell]]


def layer(nodes: list[str], links: list[Link]) -> Layers:
    """Rows in which every link leads downwards, but for those that close a loop. The first node is the top."""
    downwards = _downwards(nodes, links)
    rank = _ranks(nodes, set(downwards.values()))
    cells = {node: Cell(node=node, row=rank[node]) for node in nodes}
    rows: list[list[Cell]] = [[] for _ in range(max(rank.values()) + 1)]
    for node in nodes:
        rows[rank[node]].append(cells[node])
    ways = {}
    for link, (upper, lower) in downwards.items():
        waypoints = [Cell(link=link, row=row) for row in range(rank[upper] + 1, rank[lower])]
        for waypoint in waypoints:
            rows[waypoint.row].append(waypoint)
        ways[link] = [cells[upper], *waypoints, cells[lower]]
    return Layers(_ordered(rows, list(ways.values())), ways)


def _downwards(nodes: list[str], links: list[Link]) -> dict[Link, Link]:
    """Each link, turned round where it leads back to a node on the way to it."""
    turned: set[Link] = set()
    done: set[str] = set()

    def visit(node: str, path: tuple[str, ...]) -> None:
        for source, target in links:
            if source == node and target in (*path, node):
                turned.add((source, target))
            elif source == node and target not in done:
                visit(target, (*path, node))
        done.add(node)

    for node in nodes:
        if node not in done:
            visit(node, ())
    return {link: link[::-1] if link in turned else link for link in links}


def _ranks(nodes: list[str], links: set[Link]) -> dict[str, int]:
    rank = dict.fromkeys(nodes, 0)
    for _ in nodes:
        for upper, lower in links:
            rank[lower] = max(rank[lower], rank[upper] + 1)
    return rank


def _ordered(rows: list[list[Cell]], ways: list[list[Cell]]) -> list[list[Cell]]:
    steps = [step for way in ways for step in pairwise(way)]
    above, below = defaultdict(list), defaultdict(list)
    for upper, lower in steps:
        above[lower].append(upper)
        below[upper].append(lower)
    best = rows
    for sweep in range(SWEEPS):
        rows = _swept(rows, above) if sweep % 2 == 0 else _swept(rows[::-1], below)[::-1]
        best = min(best, _swapped(rows, steps), key=lambda candidate: _crossings(candidate, steps))
    return best


def _swapped(rows: list[list[Cell]], steps: list[tuple[Cell, Cell]]) -> list[list[Cell]]:
    """Neighbours exchanged wherever this takes a crossing away."""
    best, fewest = rows, _crossings(rows, steps)
    for row, cells in enumerate(rows):
        for index in range(len(cells) - 1):
            changed = list(best[row])
            changed[index : index + 2] = changed[index : index + 2][::-1]
            candidate = [*best[:row], changed, *best[row + 1 :]]
            if (crossings := _crossings(candidate, steps)) < fewest:
                best, fewest = candidate, crossings
    return best


def _swept(rows: list[list[Cell]], neighbours: dict[Cell, list[Cell]]) -> list[list[Cell]]:
    place: dict[Cell, float] = {}
    swept = []
    for row in rows:
        wanted = {}
        for index, cell in enumerate(row):
            seen = [place[other] for other in neighbours[cell] if other in place]
            wanted[cell] = sum(seen) / len(seen) if seen else (index + 0.5) / len(row)
        ordered = sorted(row, key=wanted.__getitem__)
        place |= {cell: (index + 0.5) / len(row) for index, cell in enumerate(ordered)}
        swept.append(ordered)
    return swept


def _crossings(rows: list[list[Cell]], steps: list[tuple[Cell, Cell]]) -> int:
    place = {cell: index for row in rows for index, cell in enumerate(row)}
    ends = [(upper.row, place[upper], place[lower]) for upper, lower in steps]
    return sum(
        one[0] == other[0] and (one[1] - other[1]) * (one[2] - other[2]) < 0
        for index, one in enumerate(ends)
        for other in ends[:index]
    )
