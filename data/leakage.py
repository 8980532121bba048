"""Which texts are near-duplicates: character n-grams, compared as sets."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

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
    grams = _Grams({}, NGRAM[language])
    return _jaccard(grams.bits(one), grams.bits(other))


def near_duplicates(unseen: Sequence[str], seen: Sequence[str], language: Language) -> Iterator[tuple[int, int]]:
    """Positions in `unseen` and `seen` of texts that are near-duplicates of each other."""
    grams = _Grams({}, NGRAM[language])
    known = [(bits, bits.bit_count()) for bits in map(grams.bits, seen)]
    for i, text in enumerate(unseen):
        bits = grams.bits(text)
        least, most = NEAR_DUPLICATE * bits.bit_count(), bits.bit_count() / NEAR_DUPLICATE
        for j, (other, size) in enumerate(known):
            # Sets of such different sizes cannot be alike enough: most pairs need no comparison.
            if least <= size <= most and _jaccard(bits, other) >= NEAR_DUPLICATE:
                yield i, j


@dataclass(frozen=True, slots=True)
class _Grams:
    """Sets of n-grams as integers, a bit a gram, which compares pairs by the million."""

    numbers: dict[str, int]
    size: int

    def bits(self, text: str) -> int:
        bounded = f"^{normalise(text)}$"
        found = {bounded[i : i + self.size] for i in range(max(1, len(bounded) - self.size + 1))}
        return sum(1 << self.numbers.setdefault(gram, len(self.numbers)) for gram in found)


def _jaccard(one: int, other: int) -> float:
    return (one & other).bit_count() / (one | other).bit_count()
