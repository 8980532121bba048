"""The tables, within 80 columns."""

from collections.abc import Mapping

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bench.results import Cell, Goal, Part, Result

WIDTH = 80


def console() -> Console:
    return Console(width=WIDTH, highlight=False)


def show(out: Console, part: Part, result: Result) -> None:
    """One part: its table, then its goals, then its notes."""
    table = Table(title=part.title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(result.columns):
        table.add_column(column, justify="right" if number else "left", overflow="fold")
    for row in result.rows:
        table.add_row(*map(_cell, row))
    out.print(table)
    for goal in result.goals:
        out.print(_goal(goal))
    for note in result.notes:
        out.print(Text(note, style="dim"))
    out.print()


def summary(out: Console, outcomes: Mapping[str, Result | str]) -> None:
    """The goals of all parts in one table; outcomes by the part's name, a text where one was not measured."""
    table = Table(title="Goals", title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for column in ("part", "goal", "measured", "limit", ""):
        table.add_column(column, justify="right" if column in ("measured", "limit") else "left", overflow="fold")
    for name, outcome in outcomes.items():
        if isinstance(outcome, str):
            table.add_row(name, "not measured", "", "", _MISSED)
        else:
            for goal in outcome.goals:
                table.add_row(name, goal.name, _with_unit(goal, goal.value), _limit(goal), _verdict(goal))
    out.print(table)


def _cell(value: Cell) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return number(value)
    return f"{value:,}" if isinstance(value, int) else value


def number(value: float) -> str:
    """Three significant digits, as many as a reader needs; none after a whole number."""
    if value == round(value):
        return f"{value:,.0f}"
    digits = 3 if abs(value) < 1 else 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0  # noqa: PLR2004
    return f"{value:,.{digits}f}"


_MET, _MISSED = Text("met", style="green"), Text("missed", style="bold red")


def _goal(goal: Goal) -> Text:
    verdict = Text("  ") + _verdict(goal) + Text(" " * (len(_MISSED) - len(_verdict(goal))))
    return verdict + Text(f"  {goal.name}: {_with_unit(goal, goal.value)} ({_limit(goal)})")


def _verdict(goal: Goal) -> Text:
    return _MET if goal.is_met else _MISSED


def _limit(goal: Goal) -> str:
    return f"{'≥' if goal.at_least else '≤'} {number(goal.limit)}"


def _with_unit(goal: Goal, value: float) -> str:
    return f"{number(value)} {goal.unit}".strip()
