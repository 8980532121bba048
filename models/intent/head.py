"""A calibrated linear head: softmax((x W + b) / temperature), stored as npz and read without scikit-learn."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.encoders import Vectors
from models.errors import ArtefactError

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class LinearHead:
    """weights [features, labels], bias [labels]; the temperature makes the largest score an honest confidence."""

    labels: tuple[str, ...]
    weights: Vectors
    bias: Vectors
    temperature: float

    def scores(self, features: Vectors) -> Scores:
        """float64 [n, labels]: probabilities that sum to 1 in each row."""
        return softmax((features @ self.weights + self.bias) / self.temperature)

    def save(self, path: Path) -> None:
        """Write the head as npz."""
        np.savez(
            path,
            labels=np.asarray(self.labels),
            weights=self.weights,
            bias=self.bias,
            temperature=np.float64(self.temperature),
        )

    @classmethod
    def load(cls, path: Path) -> "LinearHead":
        """Read a head that `save` wrote; ArtefactError where the file is missing or something else."""
        try:
            with np.load(path, allow_pickle=False) as file:
                return cls(
                    labels=tuple(str(label) for label in file["labels"]),
                    weights=file["weights"],
                    bias=file["bias"],
                    temperature=float(file["temperature"]),
                )
        except (OSError, ValueError, KeyError) as error:
            raise ArtefactError(f"{path} is not a head this code wrote: {error}. Run `make models`.") from error


def softmax(logits: NDArray[np.floating]) -> Scores:
    """Probabilities of each row, in float64."""
    shifted = np.asarray(logits, dtype=np.float64)
    exponentials = np.exp(shifted - shifted.max(axis=1, keepdims=True))
    total: Scores = exponentials / exponentials.sum(axis=1, keepdims=True)
    return total
