"""A small encoder and the names that the stand-ins are tested with."""

from collections.abc import Sequence

import numpy as np

from local.standins.titan import Vectors

EMBEDDING = "amazon.titan-embed-text-v2:0"
SONNET = "global.anthropic.claude-sonnet-5-5"
GUARDRAIL = "gr-local"


def letters(texts: Sequence[str], /) -> Vectors:
    """A fake encoder: counts of characters, 64 wide."""
    rows = np.zeros((len(texts), 64), dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        for character in text.lower():
            row[ord(character) % 64] += 1
    return rows
