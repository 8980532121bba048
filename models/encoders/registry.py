"""The encoders by name, so that an artefact can say which one it was fitted on."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from models.encoders.base import Encoder
from models.encoders.bge import BgeEncoder
from models.encoders.characters import CharacterEncoder
from models.encoders.language import Language
from models.encoders.use import UseEncoder
from models.errors import ArtefactError

# The sentence encoder of a language.
ENCODERS: Mapping[Language, str] = MappingProxyType({"en": BgeEncoder.name, "ja": UseEncoder.name})

_LOADERS: Mapping[str, Callable[[], Encoder]] = MappingProxyType(
    {BgeEncoder.name: BgeEncoder, UseEncoder.name: UseEncoder, CharacterEncoder.name: CharacterEncoder}
)


def load_encoder(name: str) -> Encoder:
    """The encoder of that name with its weights checked and loaded; ArtefactError for an unknown name."""
    if name not in _LOADERS:
        raise ArtefactError(f"no encoder is called {name!r}; there are {', '.join(_LOADERS)}")
    return _LOADERS[name]()
