"""What a head compares texts by: data, so that a change of it is a new model version."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from models.distilbert import NAME as DISTILBERT
from models.e5 import NAME as E5
from models.encoders import ENCODERS, Language
from models.encoders.characters import CharacterEncoder


@dataclass(frozen=True)
class Kernel:
    """A similarity of two texts from an encoder's unit vectors u, v.

    linear: weight * u·v; rbf: weight * exp(-gamma |u - v|²);
    0 for a text of another language where `own_language_only`.
    """

    encoder: str
    shape: Literal["linear", "rbf"]
    weight: float
    gamma: float = 0.0
    own_language_only: bool = False


@dataclass(frozen=True)
class Recipe:
    """The kernels of one head, which are summed, the ridge added to them, and whose utterances it learns from."""

    kernels: tuple[Kernel, ...]
    ridge: float
    languages: tuple[Language, ...]


_USE = Kernel(encoder=ENCODERS["ja"], shape="rbf", weight=1.0, gamma=1.0)
_BGE = Kernel(encoder=ENCODERS["en"], shape="rbf", weight=1.0, gamma=2.0, own_language_only=True)
_DISTILBERT = Kernel(encoder=DISTILBERT, shape="rbf", weight=0.5, gamma=1.0, own_language_only=True)
_E5 = Kernel(encoder=E5, shape="rbf", weight=1.0, gamma=3.0)
_CHARACTERS = Kernel(encoder=CharacterEncoder.name, shape="linear", weight=0.8)

# Chosen by cross-validation on the training part. Each language also learns from the other through the multilingual
# encoder, which is worth 5 points in Japanese.
RECIPES: Mapping[Language, Recipe] = MappingProxyType(
    {
        "en": Recipe(kernels=(_USE, _E5, _BGE, _DISTILBERT, _CHARACTERS), ridge=0.15, languages=("en", "ja")),
        "ja": Recipe(kernels=(_USE, _E5, _CHARACTERS), ridge=0.15, languages=("ja", "en")),
    }
)
