"""Figures of many measurements."""

import math
from collections.abc import Sequence
from statistics import median


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that at least this share of all does not exceed (nearest rank)."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def of_rounds(rounds: Sequence[Sequence[float]], share: float) -> float:
    """The median over the rounds of a percentile of each."""
    return median(percentile(one, share) for one in rounds)
