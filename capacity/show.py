"""What the commands print."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from capacity.quotas import Finding
from capacity.validating import Verdict

NAME = re.compile(r"(?P<target>.+)-(?P<at>\d{8}T\d{4}Z)-(?P<level>\d+)(?P<action>-check|-deadl)?")
NEXT_SHOWN = 5


def show_verdicts(verdicts: Iterable[Verdict], console: Console) -> None:
    """Every problem, or the next releases."""
    for verdict in verdicts:
        if verdict.problems:
            console.print(f"{verdict.file}: {len(verdict.problems)} problem(s)", style="red")
            for problem in verdict.problems:
                console.print(f"  {problem}", markup=False, highlight=False, soft_wrap=True)
            continue
        console.print(f"{verdict.file}: {len(verdict.releases)} releases in the coming year", style="green")
        for release in verdict.releases[:NEXT_SHOWN]:
            console.print(f"  {release.starts_at:%Y-%m-%d %H:%MZ}  {release.title}", markup=False, highlight=False)


def show_plan(plan: Mapping[str, Any], console: Console) -> None:
    """The difference, and why."""
    done = "applied" if plan["applied"] else "not applied: a dry run"
    console.print(f"plan of {plan['planned_at']}, {done}; {plan['standing']} schedules stand as they are")
    for line in difference(plan["created"], plan["deleted"]):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    forecasts = Table("begins", "release", "endpoint", "peak a minute", "x ordinary", "from", box=None)
    for one in plan["forecasts"]:
        source = f"{one['source']} ({one['observations']})" if one["source"] == "history" else one["source"]
        peak, times = f"{one['peak_per_minute']:,.0f}", f"{one['multiplier']:g}"
        forecasts.add_row(one["starts_at"], escape(one["title"]), one["endpoint"], peak, times, source)
    console.print(forecasts)
    for one in plan["shortfalls"]:
        needs = f"{one['release']} needs {one['needed']} of {one['target']}"
        console.print(f"beyond the ceiling: {needs}, which may have {one['given']}", style="red", markup=False)


def difference(created: Sequence[Mapping[str, Any]], deleted: Sequence[str]) -> list[str]:
    """A line a change: + new, - gone, > moved from its old time."""
    gone = {name: match for name in deleted if (match := NAME.fullmatch(name))}
    lines = []
    for change in created:
        match = NAME.fullmatch(change["name"])
        what = f"{change['target']} {change['action']} {change['level']}  {', '.join(change['releases'])}"
        old = next((name for name, other in gone.items() if match and _same(match, other)), None)
        if old is None:
            lines.append(f"+ {change['at']}  {what}")
        else:
            lines.append(f"> {change['at']}  {what}  (was {gone.pop(old)['at']})")
    return sorted([*lines, *(f"- {name}" for name in deleted if name in gone or not NAME.fullmatch(name))])


def show_quotas(findings: Sequence[Finding], turns: float, console: Console) -> None:
    """Needed, limit and excess of every quota."""
    console.print(f"at a forecast peak of {turns:,.0f} turns a minute")
    rows = Table("service", "quota", "needed", "limit", "exceeded by", "limit from", box=None)
    for one in findings:
        limit = "unknown" if one.limit is None else f"{one.limit:,.0f}"
        excess = f"{one.excess:,.0f}" if one.excess else ""
        origin = one.quota.source if one.documented else "this account"
        style = "red" if one.excess else None
        rows.add_row(one.quota.service, one.quota.name, f"{one.needed:,.0f}", limit, excess, origin, style=style)
    console.print(rows)


def _same(one: "re.Match[str]", other: "re.Match[str]") -> bool:
    return all(one[part] == other[part] for part in ("target", "level", "action"))
