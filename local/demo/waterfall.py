"""The waterfall on a terminal: one line for each function that was called."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from local.waterfall import Bar, duration_ms, tasks

NAME_COLUMNS = 20
BAR_COLUMNS = 30
_STYLES: Mapping[str, str] = {"succeeded": "green", "caught": "yellow", "failed": "red", "aborted": "bright_black"}
_WORDS: Mapping[str, str] = {"aborted": "not waited for", "failed": "failed"}
_ERROR_COLUMNS = 17


def waterfall(record: Mapping[str, Any]) -> Iterator[Text]:
    """A line for each function that was called, in the order of their starts."""
    total = max(duration_ms(record), 1)
    for task in tasks(record):
        yield _line(task, total)


def _line(task: Bar, total: float) -> Text:
    first = min(round(task.start_ms / total * BAR_COLUMNS), BAR_COLUMNS - 1)
    length = min(max(1, round(task.ms / total * BAR_COLUMNS)), BAR_COLUMNS - first)
    style = _STYLES.get(task.status, "")
    bar = f"{' ' * first}{'█' * length}".ljust(BAR_COLUMNS)
    return Text.assemble(
        f"  {task.name:<{NAME_COLUMNS}} ",
        (bar, style),
        f" {task.ms:>5.0f} ms ",
        (_remark(task), style),
    )


def _remark(task: Bar) -> str:
    if task.status == "caught":
        return _shortened(str(task.state["error"]))
    return _WORDS.get(task.status, "")


def _shortened(error: str) -> str:
    return error if len(error) <= _ERROR_COLUMNS else f"{error[: _ERROR_COLUMNS - 1]}…"
