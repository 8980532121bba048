"""Fit a head in closed form: kernel ridge regression on one-hot labels (a least-squares support vector machine).

One linear system and no randomness; its leave-one-out predictions come with it, so calibration needs no split.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from models.encoders import Vectors
from models.errors import TrainingDataError
from models.intent.head import KernelHead, similarities, softmax
from models.intent.recipe import Kernel, Recipe

_TEMPERATURES = np.geomspace(0.02, 2.0, 200)
_MIN_LABELS = 2
_MIN_PER_LABEL = 2
_MIN_TO_CALIBRATE = 30


def fit_head(recipe: Recipe, vectors: Mapping[str, Vectors], labels: Sequence[str], own: int) -> KernelHead:
    """A head fitted on all examples and calibrated on the first `own`, its language's (on all where they are few).

    An encoder's vectors are those of all examples, or of the first `own` only.
    """
    counts = Counter(labels)
    rarest, count = min(counts.items(), key=lambda item: item[1])
    if len(counts) < _MIN_LABELS or count < _MIN_PER_LABEL:
        raise TrainingDataError(f"needs two labels with {_MIN_PER_LABEL} utterances each; {rarest!r} has {count}")
    names = tuple(sorted(counts))
    targets = np.searchsorted(names, np.asarray(labels))
    prior = 1 / len(names)
    wanted = np.eye(len(names))[targets] - prior
    gram = recipe.ridge * np.eye(len(targets))
    for kernel in recipe.kernels:
        rows = vectors[kernel.encoder]
        gram[: len(rows), : len(rows)] += similarities(kernel, rows, rows)
    inverse = np.linalg.inv(gram)
    dual = inverse @ wanted
    left_out = wanted - dual / np.diag(inverse)[:, None] + prior
    calibrate = slice(own if own >= _MIN_TO_CALIBRATE else len(targets))
    return KernelHead(
        labels=names,
        dual=dual.astype(np.float32),
        anchors={k.encoder: _anchors(k, vectors[k.encoder], dual) for k in recipe.kernels},
        prior=prior,
        temperature=_temperature(left_out[calibrate], targets[calibrate]),
    )


def _anchors(kernel: Kernel, vectors: Vectors, dual: NDArray[np.float64]) -> Vectors:
    if kernel.shape == "rbf":
        return vectors
    folded: Vectors = (kernel.weight * vectors.T @ dual[: len(vectors)]).astype(np.float32)
    return folded


def _temperature(logits: NDArray[np.float64], targets: NDArray[np.intp]) -> float:
    """The temperature of the smallest negative log likelihood (Guo et al., 2017)."""
    rows = np.arange(len(targets))
    losses = [-np.log(softmax(logits / t)[rows, targets] + 1e-12).mean() for t in _TEMPERATURES]
    return float(_TEMPERATURES[int(np.argmin(losses))])
