"""How many rows each data file holds, as the table of the README."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

BETWEEN_MARKS = re.compile(r"(?<=<!-- counts -->\n).*?(?=<!-- /counts -->)", re.DOTALL)


def table(data: Path) -> str:
    """A Markdown table: file, rows, and how they divide by language where a row has one."""
    head = ["| file | rows | English | Japanese |", "|---|---:|---:|---:|"]
    return "\n".join([*head, *_lines(data)]) + "\n"


def update(readme: Path, counted: str) -> None:
    """Put the table between the README's marks."""
    readme.write_text(BETWEEN_MARKS.sub(counted, readme.read_text(encoding="utf-8")), encoding="utf-8")


def is_current(readme: Path, counted: str) -> bool:
    """Whether the README has this table."""
    return BETWEEN_MARKS.findall(readme.read_text(encoding="utf-8")) == [counted]


def line(readme: Path) -> int:
    """The line of the README after which the table stands."""
    return readme.read_text(encoding="utf-8").partition("<!-- counts -->")[0].count("\n") + 1


def _lines(data: Path) -> Iterator[str]:
    for path in sorted(data.rglob("*.jsonl")):
        languages = [_language(path, line) for line in path.read_text(encoding="utf-8").splitlines()]
        count = Counter(languages)
        shares = ["both", "both"] if None in count else [str(count["en"]), str(count["ja"])]
        yield f"| {path.relative_to(data)} | {len(languages)} | {shares[0]} | {shares[1]} |"
    bestsellers = json.loads((data / "customers" / "bestsellers.json").read_text(encoding="utf-8"))
    yield f"| customers/bestsellers.json | {len(bestsellers['product_ids'])} products | both | both |"
    calendar = (data / "releases" / "calendar.ics").read_text(encoding="utf-8")
    yield f"| releases/calendar.ics | {calendar.count('BEGIN:VEVENT')} events | both | both |"


def _language(path: Path, line: str) -> str | None:
    """The language of a row: its own field, else the file's name; None for rows in both."""
    row = json.loads(line)
    named = re.search(r"\.(en|ja)\.jsonl$", path.name)
    return row.get("language") or row.get("locale") or (named[1] if named else None)
