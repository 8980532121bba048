"""The sentence encoders of models/, each text by the one of its script, as one encoder of a common width."""

from collections.abc import Mapping, Sequence

import numpy as np

from local.standins.titan import Vectors, fitted
from models.encoders import ENCODERS, Encoder, Language, language_of, load_encoder

WIDTH = 512


class EncoderByScript:
    """Rows of 512: the encoder's own, filled up with zeros. Vectors of two scripts are not comparable."""

    def __init__(self, encoders: Mapping[Language, Encoder]) -> None:
        self._encoders = encoders

    @property
    def name(self) -> str:
        """The names of what encodes, for caches of vectors."""
        return "+".join(encoder.name for _, encoder in sorted(self._encoders.items()))

    def __call__(self, texts: Sequence[str], /) -> Vectors:
        rows = np.zeros((len(texts), WIDTH), dtype=np.float32)
        languages = [language_of(text) for text in texts]
        for language, encoder in self._encoders.items():
            chosen = [i for i, found in enumerate(languages) if found == language]
            if chosen:
                rows[chosen] = fitted(encoder.encode([texts[i] for i in chosen]), WIDTH)
        return rows


def load_encoders() -> EncoderByScript:
    """The encoders with their weights loaded."""
    return EncoderByScript({language: load_encoder(name) for language, name in ENCODERS.items()})
