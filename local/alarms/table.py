"""The alarms of a running stack as a table for a terminal."""

from collections.abc import Mapping
from typing import Any

from rich.table import Table

from local.alarms.evaluation import State

_STYLES: Mapping[str, str] = {State.OK: "green", State.ALARM: "red", State.INSUFFICIENT_DATA: "dim"}


def table(shown: Mapping[str, Any]) -> Table:
    """What `GET /alarms` answers: each alarm, its state, since when, and what it waits for."""
    rows = Table("Alarm", "State", "Since (UTC)", "Goes off at", box=None, pad_edge=False)
    for alarm in shown["alarms"]:
        state = alarm["state"]
        rows.add_row(alarm["alarm"], f"[{_STYLES[state]}]{state}[/]", alarm["since"][11:19], alarm["condition"])
    return rows
