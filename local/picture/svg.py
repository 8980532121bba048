"""Shapes as an SVG file, in light and in dark."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from local.picture.blocks import FRAME_PADDING, LEADING, size
from local.picture.shapes import Box, Drawing, Line, Point

MARGIN = 8.0
LEGEND = 20.0
LEGEND_SIZE = 11.0
LEGEND_TEXT = (
    "box: work · pill: question · plain: data only · frame: branches at the same time · dashed: after a failure"
)
BASELINE = 0.35
STRAIGHT = 0.05
ROUNDING = {"Task": 6.0, "Frame": 12.0, "Fallback": 4.0, "Fail": 6.0}
TEXT = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Helvetica, Arial, sans-serif"
LIGHT = {
    "paper": "#ffffff",
    "ink": "#1f2933",
    "quiet": "#5b6875",
    "task": "#ffffff",
    "task-edge": "#3b5b92",
    "choice": "#fdf3d7",
    "choice-edge": "#c79a2b",
    "frame": "#5b7fb5",
    "line": "#7a8794",
    "caught": "#cf8a5b",
    "fail": "#c62f3b",
}
DARK = {
    "paper": "#0d1117",
    "ink": "#e6edf3",
    "quiet": "#9aa6b2",
    "task": "#17202c",
    "task-edge": "#7ea6e0",
    "choice": "#2f2813",
    "choice-edge": "#c9a44a",
    "frame": "#7ea6e0",
    "line": "#7d8894",
    "caught": "#c98a5f",
    "fail": "#ff7b80",
}
RULES = """\
.paper {{ fill: {paper} }}
text {{ fill: {ink}; text-anchor: middle }}
.Task rect, .Wait rect {{ fill: {task}; stroke: {task-edge}; stroke-width: 1.3 }}
.Task text {{ font-weight: 600 }}
.Choice rect {{ fill: {choice}; stroke: {choice-edge} }}
.Pass rect, .Succeed rect {{ fill: {ink}; fill-opacity: .07 }}
.Pass text {{ fill: {quiet} }}
.Fail rect {{ fill: {paper}; stroke: {fail}; stroke-width: 1.3 }}
.Fail text {{ fill: {fail} }}
.Fallback rect {{ fill: {paper}; stroke: {caught}; stroke-dasharray: 3 2.5 }}
.Fallback text {{ fill: {quiet} }}
.Frame rect {{ fill: {frame}; fill-opacity: .07; stroke: {frame}; stroke-opacity: .45 }}
.Frame text {{ fill: {frame}; font-weight: 600; text-anchor: start }}
path {{ fill: none; stroke: {line}; stroke-width: 1.2 }}
path.caught {{ stroke: {caught}; stroke-dasharray: 3 2.5 }}
marker path {{ fill: {line}; stroke: none }}
#caught path {{ fill: {caught} }}
.legend text {{ fill: {quiet}; text-anchor: start }}"""
MARKER = (
    '<marker id="{0}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6.5" markerHeight="6.5" '
    'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 .8 8 4 0 7.2z"/></marker>'
)


def write(drawing: Drawing, *, title: str) -> str:
    """The file's text."""
    placed = drawing.moved(MARGIN - drawing.left, MARGIN - drawing.top)
    width, height = placed.right + MARGIN, placed.bottom + LEGEND + MARGIN
    return "\n".join(_document(placed, title, _short(width), _short(height))) + "\n"


def _document(drawing: Drawing, title: str, width: str, height: str) -> Iterator[str]:
    yield f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    yield f'     role="img" font-family="{TEXT}">'
    yield f"<title>{escape(title)}</title>"
    yield f"<style>\n{RULES.format(**LIGHT)}"
    yield f"@media (prefers-color-scheme: dark) {{\n{RULES.format(**DARK)}\n}}\n</style>"
    yield f"<defs>{MARKER.format('went')}{MARKER.format('caught')}</defs>"
    yield '<rect class="paper" width="100%" height="100%" rx="8"/>'
    yield from map(_box, (box for box in drawing.boxes if box.kind == "Frame"))
    yield from map(_line, drawing.lines)
    yield from map(_box, (box for box in drawing.boxes if box.kind != "Frame"))
    baseline = _attributes(x=drawing.left + FRAME_PADDING, y=drawing.bottom + LEGEND - LEGEND_SIZE / 2)
    yield f'<g class="legend" font-size="{LEGEND_SIZE}"><text {baseline}>{LEGEND_TEXT}</text></g>'
    yield "</svg>"


def _box(box: Box) -> str:
    left, top = box.x - box.width / 2, box.y - box.height / 2
    rounding = box.height / 2 if box.kind == "Choice" else ROUNDING.get(box.kind, 4.0)
    place = _attributes(x=left, y=top, width=box.width, height=box.height, rx=rounding)
    letters = size(box.kind)
    x = left + FRAME_PADDING if box.kind == "Frame" else box.x
    first = top + FRAME_PADDING + 4 if box.kind == "Frame" else _first_baseline(box)
    spans = "".join(
        f"<text {_attributes(x=x, y=first + index * letters * LEADING)}>{escape(line)}</text>"
        for index, line in enumerate(box.lines)
    )
    return f'<g class="{box.kind}" data-state={quoteattr(box.name)} font-size="{letters}"><rect {place}/>{spans}</g>'


def _first_baseline(box: Box) -> float:
    letters = size(box.kind)
    return box.y - (len(box.lines) - 1) * letters * LEADING / 2 + letters * BASELINE


def _line(line: Line) -> str:
    kind = "caught" if line.errors else "went"
    said = f"<title>{escape(', '.join(line.errors))}</title>" if line.errors else ""
    ends = f"data-from={quoteattr(line.source)} data-to={quoteattr(line.target)}"
    return f'<path class="{kind}" {ends} marker-end="url(#{kind})" d="{" ".join(_way(line.points))}">{said}</path>'


def _way(points: Iterable[Point]) -> Iterator[str]:
    """Straight where two points share an x or a y, else an S with vertical ends."""
    all_points = list(points)
    yield f"M{_pair(all_points[0])}"
    for (x, y), (to_x, to_y) in pairwise(all_points):
        same_x, same_y = abs(x - to_x) < STRAIGHT, abs(y - to_y) < STRAIGHT
        if same_x and same_y:
            continue  # a browser turns the arrowhead of a segment without length to the right
        if same_x or same_y:
            yield f"L{_pair((to_x, to_y))}"
        else:
            middle = (y + to_y) / 2
            yield f"C{_pair((x, middle))} {_pair((to_x, middle))} {_pair((to_x, to_y))}"


def _pair(point: Point) -> str:
    return f"{_short(point[0])} {_short(point[1])}"


def _attributes(**values: float) -> str:
    return " ".join(f'{name}="{_short(value)}"' for name, value in values.items())


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
