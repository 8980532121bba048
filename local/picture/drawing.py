"""The picture as SVG: text and shapes only, the same for the same definition."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import escape

from local.picture.graph import Graph, Node, graph
from local.picture.layout import ROW_GAP, Box, Layout, Size, place

NODE_WIDTH = 108.0
LINE = 15.0
NOTE_LINE = 12.5
PADDING = 12.0
TITLE = 22.0
_CHARACTERS: Mapping[str, int] = {"Choice": 13}
_NODE_CHARACTERS = 14
_NOTE_CHARACTERS = 19
_STYLE = """\
text{font-family:system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;text-anchor:middle;fill:#1f2937}
.Task{fill:#e6effc;stroke:#3d6fc9}.Choice{fill:#fff6dc;stroke:#c79a1b}.Pass{fill:#fff;stroke:#8a94a6}
.Fail{fill:#fdeaea;stroke:#c2453d}.Parallel{fill:#f6f8fb;stroke:#b3bccb}.name{font-size:12.5px}
.title{font-size:12.5px;font-weight:600;text-anchor:start}.note{font-size:10.5px;font-style:italic;fill:#a2560c}
.way{fill:none;stroke:#5b6675;stroke-width:1.3}.caught{stroke:#c9731a;stroke-dasharray:4 3}"""
_ARROWS = """\
<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">\
<path d="M0 0L8 4L0 8z" fill="#5b6675"/></marker>\
<marker id="c" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">\
<path d="M0 0L8 4L0 8z" fill="#c9731a"/></marker></defs>"""


def picture(definition: Mapping[str, Any]) -> str:
    """The definition drawn from left to right."""
    drawing = _Drawing(graph(definition))
    width, height = (length + 2 * PADDING for length in drawing.size)
    comment = escape(str(definition.get("Comment", "A state machine")))
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img">',
        f"<title>{comment}</title><style>{_STYLE}</style>{_ARROWS}",
        f'<rect width="{width:.0f}" height="{height:.0f}" rx="10" fill="#fff"/>',
        *drawing.lines(PADDING, PADDING),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


class _Drawing:
    """One level, laid out."""

    def __init__(self, level: Graph) -> None:
        self._nodes = {node.name: node for node in level.nodes}
        self._inner = {node.name: [_Drawing(branch) for branch in node.branches] for node in level.nodes}
        self._layout: Layout = place(level, {node.name: self._size(node) for node in level.nodes})

    @property
    def size(self) -> tuple[float, float]:
        return self._layout.width, self._layout.height

    def lines(self, x: float, y: float) -> Iterator[str]:
        """The level's SVG with its left upper corner at (x, y)."""
        for name, box in self._layout.boxes.items():
            yield from self._state(self._nodes[name], box.moved(x, y))
        for edge, passages in self._layout.passages.items():
            boxes = [self._layout.boxes[edge.source], *passages, self._layout.boxes[edge.target]]
            yield _way(boxes, x, y, caught=edge.caught)

    def _size(self, node: Node) -> Size:
        notes = len(_notes(node)) * NOTE_LINE + (4 if node.fallbacks else 0)
        if not node.branches:
            half = _name_height(node) / 2
            return Size(NODE_WIDTH, half, half + notes)
        inner = [branch.size for branch in self._inner[node.name]]
        height = sum(size[1] for size in inner) + ROW_GAP * (len(inner) - 1)
        half = (height + TITLE + PADDING + notes) / 2
        return Size(max(size[0] for size in inner) + 2 * PADDING, half, half)

    def _state(self, node: Node, box: Box) -> Iterator[str]:
        if node.branches:
            yield from self._parallel(node, box)
            return
        height = _name_height(node)
        yield _shape(node, box, height)
        center = box.x + box.width / 2
        yield from _text(_name(node), center, box.line, LINE, "name")
        yield from _note(node, center, box.y + height)

    def _parallel(self, node: Node, box: Box) -> Iterator[str]:
        yield _shape(node, box, box.height)
        yield f'<text class="title" x="{box.x + PADDING:.1f}" y="{box.y + 16:.1f}">{escape(node.name)}</text>'
        y = box.y + TITLE
        for branch in self._inner[node.name]:
            yield from branch.lines(box.x + PADDING, y)
            y += branch.size[1] + ROW_GAP
        yield from _note(node, box.x + box.width / 2, y - ROW_GAP)


def _name(node: Node) -> list[str]:
    return _wrapped(node.name, _CHARACTERS.get(node.kind, _NODE_CHARACTERS))


def _name_height(node: Node) -> float:
    return len(_name(node)) * LINE + 14


def _shape(node: Node, box: Box, height: float) -> str:
    x, y, width = box.x, box.y, box.width
    if node.kind == "Choice":
        points = [(x + 9, y), (x + width - 9, y), (x + width, y + height / 2), (x + width - 9, y + height)]
        points += [(x + 9, y + height), (x, y + height / 2)]
        corners = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        return f'<polygon class="Choice" points="{corners}"/>'
    return f'<rect class="{node.kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="7"/>'


def _notes(node: Node) -> list[str]:
    """What stands in for a state, a line each; a frame is wide enough for one line."""
    if node.branches:
        return [f"else: {' · '.join(node.fallbacks)}"] if node.fallbacks else []
    return [line for name in node.fallbacks for line in _wrapped(f"else: {name}", _NOTE_CHARACTERS)]


def _note(node: Node, center: float, top: float) -> Iterator[str]:
    notes = _notes(node)
    return _text(notes, center, top + 4 + len(notes) * NOTE_LINE / 2, NOTE_LINE, "note")


def _text(lines: Sequence[str], x: float, middle: float, step: float, kind: str) -> Iterator[str]:
    first = middle - (len(lines) - 1) * step / 2 + step * 0.3
    for number, line in enumerate(lines):
        yield f'<text class="{kind}" x="{x:.1f}" y="{first + number * step:.1f}">{escape(line)}</text>'


def _wrapped(text: str, characters: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= characters:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _way(boxes: Sequence[Box], x: float, y: float, *, caught: bool) -> str:
    """From the first box's right side to the last one's left: straight across columns, curved between them."""
    path = f"M{boxes[0].x + boxes[0].width + x:.1f} {boxes[0].line + y:.1f}"
    for left, right in pairwise(boxes):
        start, end = left.x + left.width + x, right.x + x
        path += f"C{(start + end) / 2:.1f} {left.line + y:.1f} {(start + end) / 2:.1f} {right.line + y:.1f}"
        path += f" {end:.1f} {right.line + y:.1f}"
        if right is not boxes[-1]:
            path += f"H{end + right.width:.1f}"
    kind, arrow = ("way caught", "c") if caught else ("way", "a")
    return f'<path class="{kind}" d="{path}" marker-end="url(#{arrow})"/>'
