"""The classifier as served: the language's head on its encoders."""

from collections.abc import Mapping
from pathlib import Path

from models.artefacts import ClassifierManifest
from models.encoders import Encoder, Language, language_of, load_encoder
from models.intent.features import joined
from models.intent.head import LinearHead
from models.intent.recipe import Feature


class Classifier:
    """Calibrated scores of every label for a text; which score is enough is the caller's policy."""

    def __init__(
        self,
        heads: Mapping[Language, tuple[tuple[Feature, ...], LinearHead]],
        encoders: Mapping[str, Encoder],
        labels: tuple[str, ...],
    ) -> None:
        """`encoders` holds every encoder the heads' features name."""
        self._heads = heads
        self._encoders = encoders
        self._labels = labels

    @classmethod
    def load(cls, folder: Path, manifest: ClassifierManifest) -> "Classifier":
        """Load the heads of a model directory and the encoders they read."""
        heads = {
            language: (tuple(Feature(f.encoder, f.scale) for f in head.features), LinearHead.load(folder / head.file))
            for language, head in manifest.heads.items()
        }
        names = {feature.encoder for features, _ in heads.values() for feature in features}
        return cls(heads, {name: load_encoder(name) for name in names}, manifest.labels)

    def scores(self, text: str) -> dict[str, float]:
        """Label to probability; sums to 1. A language without a head of its own is answered by the other's."""
        language = language_of(text)
        features, head = self._heads.get(language) or next(iter(self._heads.values()))
        row = head.scores(joined(features, self._encoders, [text]))[0]
        known = dict(zip(head.labels, row.tolist(), strict=True))
        return {label: known.get(label, 0.0) for label in self._labels}
