"""Pre-trained weights: where they are installed, and that they are the ones expected. Nothing is fetched here."""

from models.weights.packages import (
    ALL,
    BGE_SMALL_EN,
    BUILT_FROM,
    E5_SMALL,
    MINILM_L6,
    MSMARCO_MINILM,
    SERVED,
    USE_MULTILINGUAL,
    WeightPackage,
)
from models.weights.verify import locate, verified

__all__ = [
    "ALL",
    "BGE_SMALL_EN",
    "BUILT_FROM",
    "E5_SMALL",
    "MINILM_L6",
    "MSMARCO_MINILM",
    "SERVED",
    "USE_MULTILINGUAL",
    "WeightPackage",
    "locate",
    "verified",
]
