"""The order of retrieved passages."""

from collections.abc import Sequence
from statistics import fmean, pstdev

from mangaassist.contracts import Passage

KEPT = 3
# Of the nearest passages: each costs the reranker 30 ms of a processor, and ten gain little over six.
RERANKED = 6


def top_by_cosine(passages: Sequence[Passage]) -> list[Passage]:
    """The best passages by the score they were retrieved with: what stands in for a failed reranker."""
    return sorted(passages, key=lambda passage: passage.score, reverse=True)[:KEPT]


def fused(passages: Sequence[Passage], logits: Sequence[float]) -> list[Passage]:
    """The best passages by both scores."""
    return by_both(passages, logits)[:KEPT]


def by_both(passages: Sequence[Passage], logits: Sequence[float]) -> list[Passage]:
    """All passages by the sum of both scores, each standardised over the candidates.

    A cross-encoder's logits are not calibrated, so they are compared with each other only:
    score = z(cosine) + z(logit), z(x) = (x - mean) / standard deviation.
    """
    cosines = standardized([passage.score for passage in passages])
    scores = [cosine + logit for cosine, logit in zip(cosines, standardized(logits), strict=True)]
    order = sorted(range(len(passages)), key=scores.__getitem__, reverse=True)
    return [passages[index] for index in order]


def standardized(values: Sequence[float]) -> list[float]:
    """Zero mean and unit variance; all zeros where the values do not differ."""
    spread = pstdev(values) if values else 0.0
    mean = fmean(values) if values else 0.0
    return [(value - mean) / spread if spread else 0.0 for value in values]
