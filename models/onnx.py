"""BERT-like ONNX graphs: one tokenizer and one session, a sequence at a time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers import Encoding


class BertGraph:
    """Runs single, unpadded sequences.

    INT8 dynamic quantisation scales activations over the whole tensor, so a batch would let its members change one
    another's result, and padding costs more than batching gains on a CPU: 20 pairs take 0.70 s one by one, 1.1 s as one
    batch (one thread).
    """

    def __init__(self, folder: Path, *, max_tokens: int) -> None:
        """Load `model.onnx` and `tokenizer.json` of a folder; input beyond `max_tokens` is cut."""
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        # Concurrency comes from the caller's threads; a second thread inside a run collapses under contention.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(folder / "model.onnx", options, providers=["CPUExecutionProvider"])
        self._inputs = [given.name for given in self._session.get_inputs()]
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)

    def run(self, text: str, pair: str | None = None) -> NDArray[np.float32]:
        """First output of the graph for a text, or for a pair of texts; the leading axis has length 1."""
        encoding: Encoding = self._tokenizer.encode(text, pair)
        feeds = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        arrays = {name: np.asarray([feeds[name]], dtype=np.int64) for name in self._inputs}
        output: NDArray[np.float32] = self._session.run(None, arrays)[0]
        return output
