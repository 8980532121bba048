"""English cross-encoder ms-marco-MiniLM-L-12-v2, INT8."""

from collections.abc import Sequence

from models.onnx import BertGraph
from models.weights import MSMARCO_MINILM, verified

MAX_TOKENS = 256


class CrossEncoder:
    """Scores pairs of query and passage; safe to call from several threads."""

    name = MSMARCO_MINILM.name

    def __init__(self) -> None:
        """Load the packaged weights."""
        self._graph = BertGraph(verified(MSMARCO_MINILM), max_tokens=MAX_TOKENS)

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        """One raw logit a passage, in their order: comparable within a query only, and uncalibrated.

        A pair is cut to 256 tokens, the longer of the two first.
        """
        return [float(self._graph.run(query, passage)[0, 0]) for passage in passages]
