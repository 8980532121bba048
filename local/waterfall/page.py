"""The waterfall and the list of turns as HTML pages."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from local.waterfall.axis import Axis, Unit, unit_of
from local.waterfall.bars import Bar, Json, bars, duration_ms
from local.waterfall.facts import facts

SHOWN_CHARACTERS: Final = 6_000
"""Of one value; the record in JSON has the whole of it."""
SHOWN_STATES: Final = 1_000
INSTANT_MS: Final = 0.5
_REMARKS: Final[Mapping[str, str]] = {"cold": "cold start", "queued": "queued"}
_NARROW: Final = 45.0
_ROOMY: Final = 72.0


@dataclass(frozen=True)
class Row:
    """A bar and how it is drawn: `left` and `width` in per cent of the axis, `side` is where its remark stands."""

    bar: Bar
    opens_branch: bool
    left: float
    width: float
    side: str
    remark: str
    stretches: Sequence[tuple[str, float, float]]
    values: Sequence[tuple[str, str]]

    @property
    def is_instant(self) -> bool:
        return self.bar.ms < INSTANT_MS and not self.bar.is_task


def waterfall_page(record: Json) -> str:
    """The page of one execution, from its record as JSON values."""
    said, total, drawn = facts(record), duration_ms(record), bars(record)
    axis = Axis.of(total, said.deadline_ms)
    critical = [bar for bar in drawn if bar.critical and bar.ms >= INSTANT_MS and not bar.is_container]
    page = _templates().get_template("waterfall.html.jinja")
    return page.render(
        record=record,
        critical=critical,
        facts=said,
        total_ms=total,
        axis=axis,
        unit=axis.unit,
        rows=list(_rows(drawn[:SHOWN_STATES], axis)),
        left_out=max(0, len(drawn) - SHOWN_STATES),
    )


def turns_page(records: Sequence[Json]) -> str:
    """The list of executions, in the order given."""
    rows = [(record, facts(record), _duration(duration_ms(record))) for record in records]
    return _templates().get_template("turns.html.jinja").render(rows=rows)


def _rows(of: Sequence[Bar], axis: Axis) -> Iterator[Row]:
    entered: set[str] = set()
    for bar in of:
        yield _row(bar, axis, opens_branch=bool(bar.branch) and bar.branch not in entered)
        entered.add(bar.branch)


def _row(bar: Bar, axis: Axis, *, opens_branch: bool) -> Row:
    left, width = axis.percent(bar.start_ms), axis.percent(bar.ms)
    stretches = [(one.kind, axis.percent(one.start_ms - bar.start_ms), axis.percent(one.ms)) for one in bar.stretches]
    return Row(
        bar, opens_branch, left, width, _side(left, left + width), _remark(bar), stretches, list(_values(bar.state))
    )


def _side(left: float, right: float) -> str:
    """A remark stands behind its bar, or before it where there is no room, or else on it."""
    if right <= _ROOMY:
        return "behind"
    return "before" if left >= _NARROW else "on"


def _remark(bar: Bar) -> str:
    said = [str(bar.state["error"] or "")]
    if bar.status == "aborted":
        said.append("stopped")
    if bar.retries:
        said.append("1 retry" if bar.retries == 1 else f"{bar.retries} retries")
    said += [words for kind, words in _REMARKS.items() if bar.has(kind)]
    return " · ".join(filter(None, said))


def _values(state: Json) -> Iterator[tuple[str, str]]:
    """What a state got and gave, each value once."""
    attempts = state.get("attempts") or [{}]
    arguments, result = attempts[-1].get("arguments"), attempts[-1].get("result")
    yield "Input", _shown(state["input"])
    if arguments is not None and arguments != state["input"]:
        yield "Arguments", _shown(arguments)
    if result is not None and result != state["output"]:
        yield "Result", _shown(result)
    if state.get("assigned"):
        yield "Variables set", _shown(state["assigned"])
    if state["error"] is not None:
        yield "Error", f"{state['error']}\n{_cause(state['cause'])}".strip()
    if state["output"] is not None:
        yield "Output", _shown(state["output"])


def _cause(cause: str | None) -> str:
    try:
        return _shown(json.loads(cause or ""))
    except ValueError:
        return (cause or "")[:SHOWN_CHARACTERS]


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    cut = len(text) - SHOWN_CHARACTERS
    return text if cut <= 0 else f"{text[:SHOWN_CHARACTERS]}\n… {cut:,} more characters, in the JSON of this turn"


def _duration(ms: float) -> str:
    unit = unit_of(ms)
    return f"{unit.text(ms)} {unit.name}"


def _under(ms: float, unit: Unit) -> str:
    """A number under a heading of milliseconds; in a long execution each duration has a unit of its own."""
    return unit.text(ms) if unit.ms == 1 else _duration(ms)


def _time(milliseconds: float) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


@cache
def _templates() -> Environment:
    folder = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    filters: Mapping[str, Callable[..., str]] = {"time": _time, "duration": _duration, "under": _under}
    environment.filters.update(filters)
    return environment
