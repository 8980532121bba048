"""The classifier as served: the language's head on its encoders."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from models.artefacts import ENCODERS_FOLDER, ClassifierManifest
from models.encoders import Encoder, Language, language_of, load_encoder
from models.intent.head import KernelHead
from models.intent.recipe import Kernel

_ENDS = 300


def excerpt(text: str) -> str:
    """What of a message is read: a long one's first and last 300 characters, where the request is."""
    return text if len(text) <= 2 * _ENDS else f"{text[:_ENDS]} {text[-_ENDS:]}"


class Classifier:
    """Calibrated scores of every label for a text; which score is enough is the caller's policy."""

    def __init__(
        self,
        heads: Mapping[Language, tuple[tuple[Kernel, ...], KernelHead]],
        encoders: Mapping[str, Encoder],
        labels: tuple[str, ...],
    ) -> None:
        """`encoders` holds every encoder the heads' kernels name."""
        self._heads = heads
        self._encoders = encoders
        self._labels = labels

    @classmethod
    def load(cls, folder: Path, manifest: ClassifierManifest) -> "Classifier":
        """Load the heads of a model directory and the encoders they read."""
        heads = {
            language: (tuple(Kernel(**k.model_dump()) for k in head.kernels), KernelHead.load(folder / head.file))
            for language, head in manifest.heads.items()
        }
        names = {kernel.encoder for kernels, _ in heads.values() for kernel in kernels}
        return cls(heads, {name: load_encoder(name, folder / ENCODERS_FOLDER) for name in names}, manifest.labels)

    def scores(self, text: str) -> dict[str, float]:
        """Label to probability; sums to 1. A language without a head of its own is answered by the other's."""
        return self.scores_of([text])[0]

    def scores_of(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """The scores of several texts, in their order: a language's are encoded together."""
        scored: list[dict[str, float]] = [{} for _ in texts]
        for language in sorted({language_of(text) for text in texts}):
            places = [place for place, text in enumerate(texts) if language_of(text) == language]
            for place, scores in zip(places, self._in(language, [texts[place] for place in places]), strict=True):
                scored[place] = scores
        return scored

    def _in(self, language: Language, texts: Sequence[str]) -> list[dict[str, float]]:
        kernels, head = self._heads.get(language) or next(iter(self._heads.values()))
        read = [excerpt(text) for text in texts]
        vectors = {kernel.encoder: self._encoders[kernel.encoder].encode(read) for kernel in kernels}
        known = [dict(zip(head.labels, row, strict=True)) for row in head.scores(kernels, vectors).tolist()]
        return [{label: scores.get(label, 0.0) for label in self._labels} for scores in known]
