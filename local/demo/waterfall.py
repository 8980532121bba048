"""Where the milliseconds of a turn went: one bar for each function, on one time axis."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

NAME_COLUMNS = 20
BAR_COLUMNS = 30
_STYLES: Mapping[str, str] = {"succeeded": "green", "caught": "yellow", "failed": "red", "aborted": "bright_black"}
_WORDS: Mapping[str, str] = {"aborted": "not waited for", "failed": "failed"}
_ERROR_COLUMNS = 17


def waterfall(record: Mapping[str, Any]) -> Iterator[Text]:
    """A line for each function that was called, in the order of their starts."""
    started, ended = record["started"], record["ended"]
    tasks = sorted((event for event in record["events"] if event["type"] == "Task"), key=lambda event: event["entered"])
    for task in tasks:
        yield _line(task, started, max(ended - started, 1))


def _line(task: Mapping[str, Any], started: float, total: float) -> Text:
    left = task["left"] if task["left"] is not None else started + total
    first = round((task["entered"] - started) / total * BAR_COLUMNS)
    length = max(1, round((left - task["entered"]) / total * BAR_COLUMNS))
    first = min(first, BAR_COLUMNS - 1)
    length = min(length, BAR_COLUMNS - first)
    style = _STYLES.get(task["status"], "")
    bar = f"{' ' * first}{'█' * length}".ljust(BAR_COLUMNS)
    return Text.assemble(
        f"  {task['name']:<{NAME_COLUMNS}} ",
        (bar, style),
        f" {left - task['entered']:>5.0f} ms ",
        (_remark(task), style),
    )


def _remark(task: Mapping[str, Any]) -> str:
    if task["status"] == "caught":
        return _shortened(str(task["error"]))
    return _WORDS.get(task["status"], "")


def _shortened(error: str) -> str:
    return error if len(error) <= _ERROR_COLUMNS else f"{error[: _ERROR_COLUMNS - 1]}…"
