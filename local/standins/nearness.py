"""How near a text is to a question: cosine of the local sentence vectors, raised by shared terms."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from local.standins.opensearch.analysis import tokens
from local.standins.prompt_reader import Language
from local.standins.titan import Encode, Vectors, fitted

TERM_WEIGHT = 0.2
WIDTH = 512
# Below it a sentence does not answer the question. Each encoder has cosines of its own; set on the store's FAQ.
FITS: Mapping[Language, float] = MappingProxyType({"en": 0.66, "ja": 0.35})
# An initial, as in "Monkey D. Luffy", ends no sentence.
_END = re.compile(r"(?<=[。！？\n])|(?<=[.!?])(?<! [A-Z]\.)\s+(?=[A-Z\"'(])")


def sentences(text: str) -> list[str]:
    """The sentences of a text, English or Japanese."""
    return [part.strip() for part in _END.split(text) if part.strip()]


class Nearness:
    """Scores of texts against questions. Vectors of the store's texts are remembered: they recur in every prompt."""

    def __init__(self, encode: Encode) -> None:
        self._encode = encode
        self._vectors: dict[str, Vectors] = {}

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """Cosine plus TERM_WEIGHT times the share of the question's terms found in the text."""
        asked = fitted(self._encode([question]), WIDTH)[0]
        self._learn(texts)
        terms = set(tokens(question))
        return [float(self._vectors[text] @ asked) + TERM_WEIGHT * _shared(terms, text) for text in texts]

    def _learn(self, texts: Sequence[str]) -> None:
        new = list({text for text in texts if text not in self._vectors})
        if new:
            self._vectors.update(zip(new, fitted(self._encode(new), WIDTH), strict=True))


def nearest(scores: Sequence[float], count: int, floor: float) -> list[int]:
    """The positions of the best scores not under the floor, in their original order."""
    best = [int(i) for i in np.argsort(-np.asarray(scores), kind="stable")[:count] if scores[i] >= floor]
    return sorted(best)


def _shared(terms: set[str], text: str) -> float:
    return len(terms & set(tokens(text))) / len(terms) if terms else 0.0
