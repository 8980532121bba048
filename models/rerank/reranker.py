"""The reranker as served: a scorer a language."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from models.artefacts import ENCODERS_FOLDER, RerankerManifest
from models.encoders import Language, language_of
from models.rerank.cross_encoder import CrossEncoder
from models.rerank.second_encoder import SecondEncoder


class Scorer(Protocol):
    """Scores passages for a query; safe to call from several threads."""

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        """One score a passage, in their order: comparable within a query only."""
        ...


# Made with the folder that holds encoders which were built.
_SCORERS: Mapping[str, Callable[[Path], Scorer]] = MappingProxyType(
    {
        CrossEncoder.name: lambda _: CrossEncoder(),
        SecondEncoder.name: lambda built: SecondEncoder(built / SecondEncoder.name),
    }
)
SCORER_OF: Mapping[Language, str] = MappingProxyType({"en": CrossEncoder.name, "ja": SecondEncoder.name})


class Reranker:
    """Chooses the scorer by the query's language.

    Without a scorer for it every score is 0: no opinion, which leaves an order that these are fused with as it is.
    """

    def __init__(self, scorers: Mapping[Language, Scorer]) -> None:
        self._scorers = scorers

    @classmethod
    def load(cls, folder: Path, manifest: RerankerManifest) -> "Reranker":
        """Load the scorers that a model directory's manifest names."""
        built = folder / ENCODERS_FOLDER
        return cls({language: _SCORERS[name](built) for language, name in manifest.weights.items()})

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        """One score a passage, in their order: comparable within a query only, and uncalibrated."""
        scorer = self._scorers.get(language_of(query))
        return scorer.score(query, passages) if scorer else [0.0] * len(passages)
