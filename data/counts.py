"""Count the rows of every data file: `python -m data.counts` prints a table, `--update` puts it into the README."""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

DATA = Path(__file__).parent
README = DATA / "README.md"
BETWEEN_MARKS = re.compile(r"(?<=<!-- counts -->\n).*?(?=<!-- /counts -->)", re.DOTALL)


def table() -> str:
    """A Markdown table: file, rows, and how they divide by language where a row has one."""
    head = ["| file | rows | English | Japanese |", "|---|---:|---:|---:|"]
    return "\n".join([*head, *_lines()]) + "\n"


def _lines() -> Iterator[str]:
    for path in sorted(DATA.rglob("*.jsonl")):
        languages = [_language(path, line) for line in path.read_text(encoding="utf-8").splitlines()]
        count = Counter(languages)
        shares = ["both", "both"] if None in count else [str(count["en"]), str(count["ja"])]
        yield f"| {path.relative_to(DATA)} | {len(languages)} | {shares[0]} | {shares[1]} |"
    calendar = (DATA / "releases" / "calendar.ics").read_text(encoding="utf-8")
    yield f"| releases/calendar.ics | {calendar.count('BEGIN:VEVENT')} events | both | both |"


def _language(path: Path, line: str) -> str | None:
    """The language of a row: its own field, else the file's name; None for rows in both."""
    row = json.loads(line)
    named = re.search(r"\.(en|ja)\.jsonl$", path.name)
    return row.get("language") or row.get("locale") or (named[1] if named else None)


def main() -> None:
    counted = table()
    if "--update" in sys.argv[1:]:
        README.write_text(BETWEEN_MARKS.sub(counted, README.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(counted)


if __name__ == "__main__":
    main()
