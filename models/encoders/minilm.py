"""English: MiniLM-L6 in DistilBERT's architecture, INT8, 384 dimensions."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from models.distilbert import NAME
from models.encoders.base import Vectors
from models.onnx import BertGraph


class MiniLmEncoder:
    """The mean of the last layer, which the graph itself takes and scales; the files are `models.distilbert`'s."""

    name = NAME
    dimensions = 384

    def __init__(self, folder: Path, *, max_tokens: int = 256) -> None:
        """Load `model.onnx` and `tokenizer.json` of a folder; 256 tokens are what the model was trained with."""
        self._graph = BertGraph(folder, max_tokens=max_tokens)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """float32 [n, 384], unit rows."""
        rows = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[:] = self._graph.run(text)[0]
        return rows
