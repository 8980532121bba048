"""A chart as shapes: blocks in rows, an arrow for each transition."""

from dataclasses import dataclass

from local.picture.blocks import block
from local.picture.chart import Chart, Transition
from local.picture.columns import place
from local.picture.layers import Cell, Layers, Link, layer
from local.picture.shapes import Drawing, Line, Point, together

ROW_GAP = 22.0
COLUMN_GAP = 12.0
BESIDE_GAP = 18.0
LOOP = 6.0
LANE = (3.0, 3.0)
WORK = 1.5
CAUGHT = 0.5
LEAVES = {"Pass", "Fail", "Succeed"}


def lay_out(chart: Chart) -> Drawing:
    """A level and all levels within; its first box is where it starts."""
    blocks = {
        name: block(state, [lay_out(branch) for branch in state.branches]) for name, state in chart.states.items()
    }
    beside = _beside(chart)
    for leaf, way in beside.items():
        blocks[way.source] = _with_leaf(blocks[way.source], blocks[leaf], way)
    for way in chart.transitions:
        if way.source == way.target:
            blocks[way.source] = _with_loop(blocks[way.source], way)
    nodes = [chart.start, *(name for name in chart.states if name != chart.start and name not in beside)]
    ways = {(one.source, one.target): one for one in chart.transitions if one.target not in {*beside, one.source}}
    pulls = {link: _pull(chart, way) for link, way in ways.items()}
    rows = _Rows(layer(nodes, list(ways)), blocks, pulls)
    placed = [blocks[name].moved(*rows.port(name)) for name in nodes]
    return together([*placed, *(rows.arrow(way) for way in ways.values())])


def _pull(chart: Chart, way: Transition) -> float:
    """Work stands straight under what leads to it, what shapes data and what mends a failure may stand aside."""
    return (WORK if chart.states[way.target].kind not in LEAVES else 1.0) * (CAUGHT if way.errors else 1.0)


def _beside(chart: Chart) -> dict[str, Transition]:
    """The leaves that stand beside the one state they come from, which goes on elsewhere; one a state."""
    found: dict[str, Transition] = {}
    for name, state in chart.states.items():
        into = chart.into(name)
        if state.kind in LEAVES and len(into) == 1 and not chart.out_of(name):
            host = into[0].source
            goes_on = any(
                chart.states[way.target].kind not in LEAVES or chart.out_of(way.target) for way in chart.out_of(host)
            )
            if goes_on and not chart.states[host].branches and all(way.source != host for way in found.values()):
                found[name] = into[0]
    return found


def _with_leaf(host: Drawing, leaf: Drawing, way: Transition) -> Drawing:
    edge = host.boxes[0].width / 2
    placed = leaf.moved(host.right + BESIDE_GAP - leaf.left, 0)
    arrow = Line(way.source, way.target, way.errors, ((edge, 0), (placed.left, 0)))
    return together([host, placed, Drawing(0, 0, 0, 0, lines=(arrow,))])


def _with_loop(host: Drawing, way: Transition) -> Drawing:
    edge, reach = -host.boxes[0].width / 2, -host.boxes[0].width / 2 - BESIDE_GAP
    points = ((edge, LOOP), (reach, LOOP), (reach, -LOOP), (edge, -LOOP))
    return together([host, Drawing(reach, edge, 0, 0, lines=(Line(way.source, way.target, way.errors, points),))])


@dataclass
class _Rows:
    layers: Layers
    blocks: dict[str, Drawing]
    pulls: dict[Link, float]

    def __post_init__(self) -> None:
        extents = {cell: self._extents(cell) for row in self.layers.rows for cell in row}
        self.x = place(self.layers, extents, self.pulls, COLUMN_GAP)
        self.cells = {cell.node: cell for row in self.layers.rows for cell in row if cell.node}
        self.tops: list[float] = []
        self.middles: list[float] = []
        self.bottoms: list[float] = []
        for row in self.layers.rows:
            nodes = [self.blocks[cell.node] for cell in row if cell.node]
            top = self.bottoms[-1] + ROW_GAP if self.bottoms else 0.0
            self.tops.append(top)
            self.middles.append(top - min(node.top for node in nodes))
            self.bottoms.append(self.middles[-1] + max(node.bottom for node in nodes))

    def port(self, name: str) -> Point:
        cell = self.cells[name]
        return self.x[cell], self.middles[cell.row]

    def arrow(self, way: Transition) -> Drawing:
        """Vertical within a row, curved between two."""
        cells = self.layers.ways[way.source, way.target]
        points: list[Point] = [(self.x[cells[0]], self.port(cells[0].node)[1] + self._bottom(cells[0].node))]
        points.append((self.x[cells[0]], self.bottoms[cells[0].row]))
        for cell in cells[1:-1]:
            points += [(self.x[cell], self.tops[cell.row]), (self.x[cell], self.bottoms[cell.row])]
        last = cells[-1]
        points.append((self.x[last], self.tops[last.row]))
        points.append((self.x[last], self.port(last.node)[1] + self.blocks[last.node].top))
        ordered = tuple(points) if cells[0].node == way.source else tuple(points[::-1])
        xs, ys = zip(*points, strict=True)
        line = Line(way.source, way.target, way.errors, ordered)
        return Drawing(min(xs), max(xs), min(ys), max(ys), lines=(line,))

    def _bottom(self, name: str) -> float:
        """Of the column of boxes under the port."""
        return max(box.y + box.height / 2 for box in self.blocks[name].boxes if abs(box.x) < 1 or box.kind == "Frame")

    def _extents(self, cell: Cell) -> tuple[float, float]:
        if not cell.node:
            return LANE
        drawing = self.blocks[cell.node]
        return -drawing.left, drawing.right
