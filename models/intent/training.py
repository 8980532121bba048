"""Fit the heads. The only module that needs scikit-learn."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.encoders import Vectors
from models.errors import TrainingDataError
from models.intent.head import LinearHead, softmax

_TEMPERATURES = np.geomspace(0.05, 4.0, 200)
_MIN_LABELS = 2
_MIN_PER_LABEL = 2


def fit_head(
    vectors: Vectors,
    labels: Sequence[str],
    extra: tuple[Vectors, Sequence[str]],
    *,
    strength: float,
    seed: int,
    folds: int,
) -> LinearHead:
    """A head fitted on all examples, with the temperature that out-of-fold predictions of `vectors` ask for.

    `extra` examples (of another language) are learned from in every fold and never used for calibration.
    """
    from sklearn.model_selection import StratifiedKFold

    rarest, count = min(Counter(labels).items(), key=lambda item: item[1])
    if len(set(labels)) < _MIN_LABELS or count < _MIN_PER_LABEL:
        raise TrainingDataError(f"needs two labels with {_MIN_PER_LABEL} utterances each; {rarest!r} has {count}")
    names = np.asarray(labels)
    head = _fit(vectors, names, extra, strength)
    logits = np.empty((len(names), len(head.labels)))
    splits = StratifiedKFold(min(folds, count), shuffle=True, random_state=seed).split(vectors, names)
    for learn, hold in splits:
        fold = _fit(vectors[learn], names[learn], extra, strength)
        logits[hold] = vectors[hold] @ fold.weights + fold.bias
    targets = np.searchsorted(head.labels, names)
    return LinearHead(head.labels, head.weights, head.bias, _temperature(logits, targets))


def _fit(
    vectors: Vectors, names: NDArray[np.str_], extra: tuple[Vectors, Sequence[str]], strength: float
) -> LinearHead:
    from sklearn.linear_model import LogisticRegression

    learned = np.concatenate([vectors, extra[0]])
    targets = np.asarray([*names, *extra[1]])
    model = LogisticRegression(C=strength, max_iter=2000).fit(learned, targets)
    weights, bias = model.coef_.T, model.intercept_
    if weights.shape[1] == 1:  # scikit-learn stores two classes as one logit
        weights, bias = np.hstack([np.zeros_like(weights), weights]), np.append(0.0, bias)
    labels = tuple(str(label) for label in model.classes_)
    return LinearHead(labels, weights.astype(np.float32), bias.astype(np.float32), temperature=1.0)


def _temperature(logits: NDArray[np.float64], targets: NDArray[np.intp]) -> float:
    """The temperature of the smallest negative log likelihood (Guo et al., 2017)."""
    rows = np.arange(len(targets))
    losses = [-np.log(softmax(logits / t)[rows, targets] + 1e-12).mean() for t in _TEMPERATURES]
    return float(_TEMPERATURES[int(np.argmin(losses))])
