"""Labelled utterances from JSON Lines or CSV files."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.encoders import Language, language_of
from models.errors import TrainingDataError

_LABEL_COLUMNS = ("intent", "label")


@dataclass(frozen=True)
class Utterance:
    """One message and the label it should get."""

    text: str
    label: str

    @property
    def language(self) -> Language:
        """The language whose head answers this text."""
        return language_of(self.text)


def read_utterances(paths: Iterable[Path]) -> list[Utterance]:
    """All rows of `.jsonl` and `.csv` files with a `text` and an `intent` (or `label`) column, in order."""
    return [utterance for path in paths for utterance in _read(path)]


def _read(path: Path) -> Iterator[Utterance]:
    if not path.is_file():
        raise TrainingDataError(f"{path} does not exist")
    readers = {".jsonl": _json_rows, ".csv": _csv_rows}
    if path.suffix not in readers:
        raise TrainingDataError(f"{path}: expected a .jsonl or .csv file")
    for number, row in readers[path.suffix](path):
        text = row.get("text")
        label = next((row[column] for column in _LABEL_COLUMNS if row.get(column)), None)
        if not isinstance(text, str) or not text.strip() or not isinstance(label, str):
            raise TrainingDataError(f"{path}:{number}: needs a non-empty `text` and an `intent` (or `label`)")
        yield Utterance(text=text, label=label)


def _json_rows(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise TrainingDataError(f"{path}:{number}: not JSON: {error.msg}") from error
            if not isinstance(row, dict):
                raise TrainingDataError(f"{path}:{number}: expected a JSON object")
            yield number, row


def _csv_rows(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            yield reader.line_num, dict(row)


def by_language(utterances: Sequence[Utterance]) -> dict[Language, list[Utterance]]:
    """The utterances of each language that has any."""
    groups: dict[Language, list[Utterance]] = {}
    for utterance in utterances:
        groups.setdefault(utterance.language, []).append(utterance)
    return groups
