"""What a load did, and the version of what it loaded."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

LENGTH = 12


@dataclass(frozen=True, slots=True)
class Loaded:
    """A table or an index after a load: its version, its rows, how many were put anew, how many old ones removed."""

    version: str
    rows: int
    put: int
    removed: int


def version(rows: Iterable[Any]) -> str:
    """What these rows are called: the beginning of a SHA-256 over their JSON. The same rows have the same version."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(row, sort_keys=True, ensure_ascii=False).encode() + b"\n")
    return digest.hexdigest()[:LENGTH]
