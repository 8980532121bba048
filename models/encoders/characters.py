"""Hashed character n-grams: surface features beside the meaning a sentence encoder sees."""

import unicodedata
import zlib
from collections.abc import Sequence

import numpy as np

from models.encoders.base import Vectors, unit_rows

_LENGTHS = (1, 2, 3)
_MAX_CHARACTERS = 600
# Katakana to hiragana, which lie 0x60 apart.
_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}


class CharacterEncoder:
    """Square-rooted counts of 1- to 3-grams in CRC-32 buckets; nothing is learned, so nothing is stored.

    Width, case and the two kana scripts are folded.
    """

    name = "character-ngrams-crc32"
    dimensions = 16384

    def encode(self, texts: Sequence[str]) -> Vectors:
        """float32 [n, 16384], unit rows."""
        counts = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(counts, texts, strict=True):
            np.add.at(row, self._buckets(text), 1.0)
        return unit_rows(np.sqrt(counts))

    def _buckets(self, text: str) -> list[int]:
        folded = unicodedata.normalize("NFKC", text).lower().translate(_HIRAGANA)
        padded = f" {folded[:_MAX_CHARACTERS]} "
        return [
            zlib.crc32(padded[start : start + length].encode()) % self.dimensions
            for length in _LENGTHS
            for start in range(len(padded) - length + 1)
        ]
