"""Vectors of texts, kept on disk by content: a text is embedded once, however often the stack starts."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from local.ingest.progress import Report
from local.standins.titan import Encode, Vectors, fitted

BATCH = 32


class VectorCache:
    """Unit vectors of one encoder at one width, in one file. Damaged or foreign files are made anew."""

    def __init__(self, folder: Path, encoder: str, dimensions: int) -> None:
        self._path = folder / f"vectors-{_digest(f'{encoder}:{dimensions}')[:16]}.npz"
        self._dimensions = dimensions
        self._known = _read(self._path, dimensions)

    def vectors(self, texts: Sequence[str], encode: Encode, report: Report) -> Vectors:
        """A row a text, in order."""
        digests = [_digest(text) for text in texts]
        new = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in self._known}
        if new:
            self._learn(new, encode, report)
        return np.stack([self._known[digest] for digest in digests])

    def _learn(self, new: dict[str, str], encode: Encode, report: Report) -> None:
        waiting = list(new.items())
        try:
            for start in range(0, len(waiting), BATCH):
                batch = waiting[start : start + BATCH]
                rows = fitted(encode([text for _, text in batch]), self._dimensions)
                self._known.update(zip((digest for digest, _ in batch), rows, strict=True))
                report("embeddings", start + len(batch), len(waiting))
        finally:
            # Also when interrupted: what was embedded is not paid for twice.
            self._write()

    def _write(self) -> None:
        if not self._known:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_suffix(".part.npz")
        np.savez(unfinished, digests=np.array(list(self._known)), rows=np.stack(list(self._known.values())))
        unfinished.replace(self._path)


def _read(path: Path, dimensions: int) -> dict[str, Vectors]:
    try:
        with np.load(path, allow_pickle=False) as stored:
            rows = stored["rows"]
            return dict(zip(stored["digests"].tolist(), rows, strict=True)) if rows.shape[1] == dimensions else {}
    except (OSError, ValueError, KeyError, IndexError, BadZipFile):
        return {}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
