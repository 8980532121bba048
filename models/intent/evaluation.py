"""Accuracy and calibration on held-out utterances."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from models.artefacts import HeldOut
from models.encoders import Language

_BINS = 10


def measure(scores: Sequence[Mapping[str, float]], labels: Sequence[str]) -> HeldOut:
    """Accuracy overall and by label, and the expected calibration error of the largest score."""
    predicted = [max(row, key=row.__getitem__) for row in scores]
    right = np.asarray([p == label for p, label in zip(predicted, labels, strict=True)], dtype=np.float64)
    by_label: dict[str, list[float]] = defaultdict(list)
    for hit, label in zip(right.tolist(), labels, strict=True):
        by_label[label].append(hit)
    return HeldOut(
        utterances=len(labels),
        accuracy=round(float(right.mean()), 4),
        calibration_error=round(_calibration_error(np.asarray([max(row.values()) for row in scores]), right), 4),
        accuracy_by_label={label: round(sum(hits) / len(hits), 4) for label, hits in sorted(by_label.items())},
    )


def _calibration_error(
    confidence: "np.ndarray[tuple[int], np.dtype[np.float64]]", right: "np.ndarray[tuple[int], np.dtype[np.float64]]"
) -> float:
    """Mean distance of confidence from accuracy over ten equal-width bins, weighted by their size."""
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    return float(sum(abs((confidence[bins == b] - right[bins == b]).sum()) for b in range(_BINS)) / max(len(right), 1))


def table(held_out: Mapping[Language, HeldOut]) -> str:
    """Held-out accuracy per intent and language, as text."""
    languages = sorted(held_out)
    labels = sorted({label for part in held_out.values() for label in part.accuracy_by_label})
    lines = [f"{'held-out accuracy':<22}" + "".join(f"{language:>9}" for language in languages)]
    for label in labels:
        cells = (held_out[language].accuracy_by_label.get(label) for language in languages)
        lines.append(f"{label:<22}" + "".join(f"{'-' if c is None else format(c, '.3f'):>9}" for c in cells))
    lines.append(f"{'all':<22}" + "".join(f"{held_out[language].accuracy:>9.3f}" for language in languages))
    lines.append(
        f"{'calibration error':<22}"
        + "".join(f"{held_out[language].calibration_error:>9.3f}" for language in languages)
    )
    lines.append(f"{'utterances':<22}" + "".join(f"{held_out[language].utterances:>9}" for language in languages))
    return "\n".join(lines)
