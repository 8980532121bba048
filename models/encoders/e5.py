"""Japanese and English: multilingual-e5-small, INT8, 384 dimensions."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from models.e5 import NAME
from models.encoders.base import Vectors
from models.onnx import BertGraph

QUERY, PASSAGE = "query: ", "passage: "


class E5Encoder:
    """The mean of the last layer, which the graph itself takes and scales; the files are `models.e5`'s."""

    name = NAME
    dimensions = 384

    def __init__(self, folder: Path, *, max_tokens: int = 512) -> None:
        """Load `model.onnx` and `tokenizer.json` of a folder; 512 tokens are all the model has positions for."""
        self._graph = BertGraph(folder, max_tokens=max_tokens)

    def encode(self, texts: Sequence[str], prefix: str = QUERY) -> Vectors:
        """float32 [n, 384], unit rows. The prefix tells a question, or texts compared alike, from a passage."""
        rows = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[:] = self._graph.run(prefix + text)[0]
        return rows
