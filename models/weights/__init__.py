"""Pre-trained weights: where they are installed, and that they are the ones expected. Nothing is fetched here."""

from models.weights.packages import ALL, BGE_SMALL_EN, MSMARCO_MINILM, USE_MULTILINGUAL, WeightPackage
from models.weights.verify import locate, verified

__all__ = ["ALL", "BGE_SMALL_EN", "MSMARCO_MINILM", "USE_MULTILINGUAL", "WeightPackage", "locate", "verified"]
