"""Makes the encoders that no package holds in the form they are served in."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import models.distilbert.build as distilbert
import models.e5.build as e5
from models.artefacts import include_encoder
from models.distilbert import NAME as DISTILBERT
from models.e5 import NAME as E5

_BUILDERS: Final[Mapping[str, Callable[[Path], Path]]] = MappingProxyType(
    {DISTILBERT: distilbert.build_encoder, E5: e5.build_encoder}
)


def build_encoders(names: Iterable[str], folder: Path) -> list[Path]:
    """The directories, in `folder`, of those among the names that are built here; made where they are missing."""
    return [_BUILDERS[name](folder) for name in sorted(set(names) & _BUILDERS.keys())]


def include_encoders(names: Iterable[str], built: Path, model: Path) -> None:
    """Put those among the names that are built into a model directory, which then holds all that the image does not."""
    for encoder in build_encoders(names, built):
        include_encoder(encoder, model)
