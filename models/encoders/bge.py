"""English: BAAI/bge-small-en-v1.5, INT8, 384 dimensions."""

from collections.abc import Sequence

import numpy as np

from models.encoders.base import Vectors, unit_rows
from models.onnx import BertGraph
from models.weights import BGE_SMALL_EN, verified


class BgeEncoder:
    """The [CLS] vector of the last layer, as the model card asks; no query prefix (short texts on both sides)."""

    name = BGE_SMALL_EN.name
    dimensions = 384

    def __init__(self, *, max_tokens: int = 512) -> None:
        """Load the packaged weights; 512 tokens are all the model has positions for."""
        self._graph = BertGraph(verified(BGE_SMALL_EN), max_tokens=max_tokens)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """float32 [n, 384], unit rows."""
        rows = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[:] = self._graph.run(text)[0, 0]
        return unit_rows(rows)
