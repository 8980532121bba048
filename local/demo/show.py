"""The demonstration on a terminal of 80 columns."""

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from local.demo.scenarios import Scenario
from local.demo.turns import Answer
from local.demo.waterfall import waterfall

WIDTH = 80
_OPENING = """\
[bold]Real[/]       the deployed files: template.yaml, the state machine, every handler under AWS's \
Lambda runtime client; sentence encoders, intent classifier and reranker; the store's data
[bold]Simulated[/]  the language models (a composer that only joins the facts of its prompt), the guardrail \
(one rule), Titan (local encoders), OpenSearch (exact search), DynamoDB and EventBridge (moto)
[bold]Times[/]      of this machine, which plays the whole cloud, not of AWS
[bold]Faults[/]     are switched on at the stand-ins, never in a function"""
_ROUTE_STYLES = {"template": "cyan", "cached": "green", "haiku": "blue", "sonnet": "magenta", "handover": "yellow"}

_COLUMNS = (("", 1), ("", 2), ("turn", 36), ("route", 8), ("degraded", 22))

Turn = tuple[Scenario, Answer, list[str]]


def show_opening(console: Console) -> None:
    """What is real here, and what is not."""
    grid = Table.grid(padding=(0, 2))
    for line in _OPENING.splitlines():
        name, _, text = line.partition("[/]")
        grid.add_row(f"{name}[/]", text.strip())
    console.print(Panel(grid, title="MangaAssist, on this machine", width=WIDTH))


def show_turn(console: Console, number: int, turn: Turn, attempts: int = 1) -> None:
    """A turn: what was asked and answered, by which way, and where the time went."""
    scenario, answer, wrong = turn
    console.print()
    console.print(Rule(Text(f"{number}  {scenario.title}", style="bold"), align="left"), width=WIDTH)
    if scenario.faults:
        console.print(Text(f"  fault     {_faults(scenario)}", style="red"))
    if attempts > 1:
        console.print(
            Text(f"  attempt   {attempts}: before, this machine was too slow for a step's budget", style="dim")
        )
    who = scenario.customer or "guest"
    _labelled(console, who, scenario.message)
    _labelled(console, "reply", answer.reply)
    console.print(_outcome(answer))
    if answer.record:
        for line in waterfall(answer.record):
            console.print(line, width=WIDTH, no_wrap=True, crop=True)
    for one in wrong:
        console.print(Text(f"  ✗ {one}", style="bold red"))


def show_summary(console: Console, turns: Sequence[Turn]) -> None:
    """One row a turn."""
    table = Table(width=WIDTH, box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for heading, columns in _COLUMNS:
        table.add_column(heading, width=columns, no_wrap=True, overflow="ellipsis")
    table.add_column("ms", width=5, justify="right")
    for scenario, answer, wrong in turns:
        mark = "[red]✗[/]" if wrong else "[green]✓[/]"
        degraded, total = ", ".join(answer.degraded), f"{answer.total_ms:.0f}"
        table.add_row(mark, scenario.locale, scenario.title, _route(answer), degraded, total)
    console.print()
    console.print(Rule(Text("All turns", style="bold"), align="left"), width=WIDTH)
    console.print(table)
    right = sum(not wrong for _, _, wrong in turns)
    console.print(f"\n{right} of {len(turns)} turns took the route and the fallbacks they must.", highlight=False)


def _labelled(console: Console, label: str, text: str) -> None:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=9)
    grid.add_column(overflow="fold")
    grid.add_row(Text(label, style="dim"), Text(text))
    console.print(Padding(grid, (0, 0, 0, 2)), width=WIDTH)


def _outcome(answer: Answer) -> Text:
    degraded = ", ".join(answer.degraded)
    return Text.assemble(
        ("  route     ", "dim"),
        _route(answer),
        ("   intent ", "dim"),
        answer.intent,
        ("   total ", "dim"),
        f"{answer.total_ms:.0f} ms",
        ("\n  degraded  ", "dim"),
        (degraded, "yellow") if degraded else ("nothing", "dim"),
    )


def _route(answer: Answer) -> Text:
    return Text(answer.route, style=_ROUTE_STYLES.get(answer.route, "red"))


def _faults(scenario: Scenario) -> str:
    return "; ".join(f"{fault.target}: {fault.mode}" for fault in scenario.faults)
