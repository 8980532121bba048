"""Accuracy and calibration on utterances that were not learned from."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from models.artefacts import Bin, Measured
from models.encoders import Language

_BINS = 10


def measure(scores: Sequence[Mapping[str, float]], labels: Sequence[str]) -> Measured:
    """Accuracy, confusions and calibration of the largest score."""
    predicted = [max(row, key=row.__getitem__) for row in scores]
    confusions: dict[str, Counter[str]] = {label: Counter() for label in sorted(set(labels))}
    for said, label in zip(predicted, labels, strict=True):
        confusions[label][said] += 1
    right = [said == label for said, label in zip(predicted, labels, strict=True)]
    bins = tuple(_reliability([max(row.values()) for row in scores], right))
    return Measured(
        utterances=len(labels),
        accuracy=round(sum(right) / len(right), 4),
        calibration_error=round(sum(b.utterances * abs(b.confidence - b.accuracy) for b in bins) / len(right), 4),
        accuracy_by_label={label: round(counts[label] / counts.total(), 4) for label, counts in confusions.items()},
        confusions={label: dict(counts.most_common()) for label, counts in confusions.items()},
        reliability=bins,
    )


def _reliability(confidence: Sequence[float], right: Sequence[bool]) -> Iterator[Bin]:
    """The bins of equal width that hold a score: their mean confidence and their accuracy."""
    scores, hits = np.asarray(confidence), np.asarray(right, dtype=np.float64)
    numbers = np.minimum((scores * _BINS).astype(int), _BINS - 1)
    for number in np.unique(numbers):
        inside = numbers == number
        yield Bin(
            above=round(float(number) / _BINS, 2),
            utterances=int(inside.sum()),
            confidence=round(float(scores[inside].mean()), 4),
            accuracy=round(float(hits[inside].mean()), 4),
        )


def table(measured: Mapping[str, Mapping[Language, Measured]]) -> str:
    """Accuracy per intent, a column a set and language, as text."""
    columns = {f"{name}.{language}": part for name, parts in measured.items() for language, part in parts.items()}
    labels = sorted({label for part in columns.values() for label in part.accuracy_by_label})
    rows: list[tuple[str, list[str]]] = [
        (label, [_figure(part.accuracy_by_label.get(label)) for part in columns.values()]) for label in labels
    ]
    rows.append(("all", [_figure(part.accuracy) for part in columns.values()]))
    rows.append(("calibration error", [_figure(part.calibration_error) for part in columns.values()]))
    rows.append(("utterances", [str(part.utterances) for part in columns.values()]))
    lines = [("accuracy", list(columns)), *rows]
    return "\n".join(f"{head:<20}" + "".join(f"{cell:>13}" for cell in cells) for head, cells in lines)


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
