"""Encoders that are made here out of packaged weights, and kept until weights or code change."""

import hashlib
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from models.weights import WeightPackage

_VERSION = "VERSION"


def made_once(place: Path, weights: WeightPackage, code: Iterable[Path], write: Callable[[Path], None]) -> Path:
    """The directory `place`, written anew where it is missing or made of other weights or code; never half of it."""
    version = _fingerprint(weights, code)
    if not (place / _VERSION).is_file() or (place / _VERSION).read_text() != version:
        place.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=place.parent) as making:
            made = Path(making) / place.name
            made.mkdir()
            write(made)
            (made / _VERSION).write_text(version)
            shutil.rmtree(place, ignore_errors=True)
            made.rename(place)
    return place


def _fingerprint(weights: WeightPackage, code: Iterable[Path]) -> str:
    digest = hashlib.sha256(repr(sorted(weights.files.items())).encode())
    for path in sorted(code):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
