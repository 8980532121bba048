"""The reranker as served: a scorer a language."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from models.artefacts import RerankerManifest
from models.encoders import Language, language_of
from models.rerank.cross_encoder import CrossEncoder
from models.rerank.second_encoder import SecondEncoder
from models.weights import E5_SMALL, MSMARCO_MINILM, WeightPackage


class Scorer(Protocol):
    """Scores passages for a query; safe to call from several threads."""

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        """One score a passage, in their order: comparable within a query only."""
        ...


_SCORERS: Mapping[str, Callable[[], Scorer]] = MappingProxyType(
    {CrossEncoder.name: CrossEncoder, SecondEncoder.name: SecondEncoder}
)
WEIGHTS: Mapping[Language, WeightPackage] = MappingProxyType({"en": MSMARCO_MINILM, "ja": E5_SMALL})


class Reranker:
    """Chooses the scorer by the query's language.

    Without a scorer for it every score is 0: no opinion, which leaves an order that these are fused with as it is.
    """

    def __init__(self, scorers: Mapping[Language, Scorer]) -> None:
        self._scorers = scorers

    @classmethod
    def load(cls, manifest: RerankerManifest) -> "Reranker":
        """Load the scorers that the manifest names and this machine can run."""
        runnable = {package.name for package in WEIGHTS.values() if package.runs_here()}
        return cls({language: _SCORERS[name]() for language, name in manifest.weights.items() if name in runnable})

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        """One score a passage, in their order: comparable within a query only, and uncalibrated."""
        scorer = self._scorers.get(language_of(query))
        return scorer.score(query, passages) if scorer else [0.0] * len(passages)
