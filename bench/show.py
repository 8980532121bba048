"""The tables, within 80 columns."""

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


def _goal(goal: Goal) -> Text:
    verdict = Text("  met   ", style="green") if goal.is_met else Text("  missed", style="bold red")
    sign = "≥" if goal.at_least else "≤"
    unit = f" {goal.unit}" if goal.unit else ""
    return verdict + Text(f"  {goal.name}: {number(goal.value)}{unit} ({sign} {number(goal.limit)})")
