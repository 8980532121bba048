"""Which texts are near-duplicates: character n-grams, compared as sets."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from data.schemas import Language

NGRAM: Mapping[Language, int] = MappingProxyType({"en": 3, "ja": 2})
"""Characters a gram: a Japanese character carries about as much as two or three Latin ones."""
NEAR_DUPLICATE = 0.5
"""Jaccard similarity of the n-gram sets from which two texts count as the same one reworded."""


def normalise(text: str) -> str:
    """Letters, digits and symbols in one width and case; spaces and punctuation only where there is nothing else."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if unicodedata.category(c)[0] in "LNMS") or folded


def similarity(one: str, other: str, language: Language) -> float:
    """Jaccard similarity of the texts' n-gram sets, from 0 to 1."""
    return float(_similarities([one], [other], NGRAM[language])[0, 0])


def near_duplicates(unseen: Sequence[str], seen: Sequence[str], language: Language) -> Iterator[tuple[int, int]]:
    """Positions in `unseen` and `seen` of texts that are near-duplicates of each other."""
    alike = _similarities(unseen, seen, NGRAM[language]) >= NEAR_DUPLICATE
    yield from ((int(i), int(j)) for i, j in np.argwhere(alike))


def _similarities(rows: Sequence[str], columns: Sequence[str], size: int) -> NDArray[np.float32]:
    numbers: dict[str, int] = {}
    grams = [[numbers.setdefault(gram, len(numbers)) for gram in _grams(text, size)] for text in (*rows, *columns)]
    has = np.zeros((len(grams), len(numbers)), dtype=np.float32)
    for row, found in zip(has, grams, strict=True):
        row[found] = 1
    counts = has.sum(axis=1)
    one, other = has[: len(rows)], has[len(rows) :]
    shared = one @ other.T
    union = counts[: len(rows), None] + counts[None, len(rows) :] - shared
    return np.asarray(shared / union, dtype=np.float32)


def _grams(text: str, size: int) -> set[str]:
    bounded = f"^{normalise(text)}$"
    return {bounded[i : i + size] for i in range(max(1, len(bounded) - size + 1))}
