"""All data files, read once: the rows that fit, where each stands, and what is wrong with the others."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import icalendar

from data.files import BESTSELLERS, CALENDAR, FILES
from data.schemas import Bestsellers, Release, Row, RowError, RowType, parse


@dataclass(frozen=True, order=True, slots=True)
class Finding:
    """What is wrong with a line, counted from 1, of a file under data/."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"data/{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Store:
    """Rows by file, with their lines."""

    files: Mapping[str, list[tuple[int, Row]]]

    def lines(self, file: str, row: type[RowType]) -> list[tuple[int, RowType]]:
        """The rows of a file, which are of this type, and their lines."""
        return cast(list[tuple[int, RowType]], self.files[file])

    def rows(self, file: str, row: type[RowType]) -> list[RowType]:
        """The rows of a file, which are of this type."""
        return [one for _, one in self.lines(file, row)]


def read(data: Path) -> tuple[Store, list[Finding]]:
    """What data/ holds, and which of its rows do not fit their schemas."""
    findings: list[Finding] = []
    files: dict[str, list[tuple[int, Row]]] = {}
    for file in (*FILES, BESTSELLERS, CALENDAR):
        files[file] = []
        for line, row in _read(data, file):
            if isinstance(row, RowError):
                findings.append(Finding(file, line, str(row)))
            else:
                files[file].append((line, row))
    return Store(files), findings


def _read(data: Path, file: str) -> Iterator[tuple[int, Row | RowError]]:
    text = (data / file).read_text(encoding="utf-8")
    if file == BESTSELLERS:
        yield 1, _fitted(Bestsellers, text)
    elif file == CALENDAR:
        yield from _releases(text)
    else:
        for number, line in enumerate(text.splitlines(), start=1):
            yield number, _fitted(FILES[file].row, line)


def _fitted(row: type[Row], text: str) -> Row | RowError:
    try:
        return parse(row, text)
    except RowError as error:
        return error


def _releases(text: str) -> Iterator[tuple[int, Row | RowError]]:
    begins = [number for number, line in enumerate(text.splitlines(), start=1) if line == "BEGIN:VEVENT"]
    try:
        events = icalendar.Calendar.from_ical(text).walk("VEVENT")
        for line, event in zip(begins, events, strict=True):
            yield line, _release(event)
    except ValueError as error:
        yield 1, RowError(f"not iCalendar: {error}")


def _release(event: Any) -> Row | RowError:
    start = event.decoded("DTSTART", None)
    fields = {
        "uid": event.get("UID"),
        "summary": event.get("SUMMARY"),
        "kind": ",".join(event.categories),
        "status": event.get("STATUS"),
        "start": start and start.isoformat()[:10],
        "regions": str(event.get("X-MANGAASSIST-REGION", "")).split(","),
        "multiplier": event.get("X-MANGAASSIST-MULTIPLIER"),
        "product": event.get("X-MANGAASSIST-PRODUCT"),
    }
    text = {name: str(value) if isinstance(value, str) else value for name, value in fields.items()}
    return _fitted(Release, json.dumps(text))
