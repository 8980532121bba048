"""Texts to the joined vectors a head reads."""

from collections.abc import Mapping, Sequence

import numpy as np

from models.encoders import Encoder, Vectors
from models.intent.recipe import Feature


def joined(features: Sequence[Feature], encoders: Mapping[str, Encoder], texts: Sequence[str]) -> Vectors:
    """float32 [n, sum of dimensions]: each encoder's unit rows times its scale, side by side."""
    return np.concatenate([encoders[f.encoder].encode(texts) * np.float32(f.scale) for f in features], axis=1)
