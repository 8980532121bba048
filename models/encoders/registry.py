"""The encoders by name, so that an artefact can say which one it was fitted on."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from models.encoders.base import Encoder
from models.encoders.bge import BgeEncoder
from models.encoders.characters import CharacterEncoder
from models.encoders.e5 import E5Encoder
from models.encoders.language import Language
from models.encoders.minilm import MiniLmEncoder
from models.encoders.use import UseEncoder
from models.errors import ArtefactError

# The sentence encoder of a language.
ENCODERS: Mapping[Language, str] = MappingProxyType({"en": BgeEncoder.name, "ja": UseEncoder.name})

_PACKAGED: Mapping[str, Callable[[], Encoder]] = MappingProxyType(
    {BgeEncoder.name: BgeEncoder, UseEncoder.name: UseEncoder, CharacterEncoder.name: CharacterEncoder}
)
# Built by `models.distilbert` and `models.e5`, and read from a folder.
BUILT: Mapping[str, Callable[[Path], Encoder]] = MappingProxyType(
    {MiniLmEncoder.name: MiniLmEncoder, E5Encoder.name: E5Encoder}
)


def load_encoder(name: str, built: Path | None = None) -> Encoder:
    """The encoder of that name with its weights checked and loaded; ArtefactError for an unknown name.

    `built` is the folder that holds encoders which were built, each in a folder of its name.
    """
    if name in _PACKAGED:
        return _PACKAGED[name]()
    if name not in BUILT:
        raise ArtefactError(f"no encoder is called {name!r}; there are {', '.join([*_PACKAGED, *BUILT])}")
    if built is None or not (built / name).is_dir():
        raise ArtefactError(f"the encoder {name!r} is not in {built}. Run `make models`.")
    return BUILT[name](built / name)
