"""A calibrated kernel head, stored as npz: softmax((sum of k(x, X) A + c) / temperature).

X are the training texts' vectors and A their dual weights. A linear kernel is folded into a matrix, so only the others
keep X.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.encoders import Vectors
from models.errors import ArtefactError
from models.intent.recipe import Kernel

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class KernelHead:
    """dual [examples, labels], prior a scalar; `anchors[encoder]` are [d, labels] (linear) or [m, d] (rbf).

    m is less than the number of examples where only the first m, those in the head's own language, are compared.
    """

    labels: tuple[str, ...]
    dual: Vectors
    anchors: Mapping[str, Vectors]
    prior: float
    temperature: float

    def scores(self, kernels: tuple[Kernel, ...], vectors: Mapping[str, Vectors]) -> Scores:
        """float64 [n, labels]: calibrated probabilities that sum to 1 in each row, from [n, d] of each encoder."""
        parts = [self._part(kernel, vectors[kernel.encoder]) for kernel in kernels]
        return softmax((np.sum(parts, axis=0) + self.prior) / self.temperature)

    def _part(self, kernel: Kernel, vectors: Vectors) -> Vectors:
        anchors = self.anchors[kernel.encoder]
        if kernel.shape == "linear":
            part: Vectors = vectors @ anchors
            return part
        return similarities(kernel, vectors, anchors) @ self.dual[: len(anchors)]

    def save(self, path: Path) -> None:
        """Write the head as npz, the anchors in half precision."""
        anchors = {f"anchors:{name}": matrix.astype(np.float16) for name, matrix in self.anchors.items()}
        np.savez(
            path,
            labels=np.asarray(self.labels),
            dual=self.dual,
            prior=np.float64(self.prior),
            temperature=np.float64(self.temperature),
            **anchors,  # type: ignore[arg-type]  # numpy's stub types every keyword as allow_pickle
        )

    @classmethod
    def load(cls, path: Path) -> "KernelHead":
        """Read a head that `save` wrote; ArtefactError where the file is missing or something else."""
        try:
            with np.load(path, allow_pickle=False) as file:
                names = [name for name in file.files if name.startswith("anchors:")]
                return cls(
                    labels=tuple(str(label) for label in file["labels"]),
                    dual=file["dual"],
                    anchors={name.removeprefix("anchors:"): file[name].astype(np.float32) for name in names},
                    prior=float(file["prior"]),
                    temperature=float(file["temperature"]),
                )
        except (OSError, ValueError, KeyError) as error:
            raise ArtefactError(f"{path} is not a head this code wrote: {error}. Run `make models`.") from error


def similarities(kernel: Kernel, left: Vectors, right: Vectors) -> Vectors:
    """[n, m] of a kernel between unit rows; |u - v|² = 2 - 2 u·v."""
    cosines: Vectors = left @ right.T
    if kernel.shape == "linear":
        return np.float32(kernel.weight) * cosines
    closeness: Vectors = np.exp(np.float32(2 * kernel.gamma) * (cosines - 1))
    return np.float32(kernel.weight) * closeness


def softmax(logits: NDArray[np.floating]) -> Scores:
    """Probabilities of each row, in float64."""
    shifted = np.asarray(logits, dtype=np.float64)
    exponentials = np.exp(shifted - shifted.max(axis=1, keepdims=True))
    total: Scores = exponentials / exponentials.sum(axis=1, keepdims=True)
    return total
