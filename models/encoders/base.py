"""The interface every sentence encoder has."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into unit vectors; safe to call from several threads."""

    name: str
    dimensions: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """float32 [len(texts), dimensions], every row of L2 norm 1 and independent of its neighbours."""
        ...


def unit_rows(vectors: Vectors) -> Vectors:
    """The rows scaled to L2 norm 1; a zero row stays zero."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = (vectors / np.maximum(norms, np.finfo(np.float32).tiny)).astype(np.float32)
    return unit
