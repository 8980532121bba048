"""Sentence encoders, one for Latin script and one for every other, behind one interface."""

from models.encoders.base import Encoder, Vectors
from models.encoders.language import Language, language_of
from models.encoders.registry import BUILT, ENCODERS, load_encoder

__all__ = ["BUILT", "ENCODERS", "Encoder", "Language", "Vectors", "language_of", "load_encoder"]
