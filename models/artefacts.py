"""A model directory as SageMaker unpacks it: `model.json`, the files it names, and encoders that were built for it.

Encoders that come in packages are in the image.
"""

import os
import shutil
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from models.encoders import Language
from models.errors import ArtefactError

MANIFEST = "model.json"
ENCODERS_FOLDER = "encoders"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KernelManifest(_Frozen):
    """A kernel of the recipe a head was fitted with."""

    encoder: str
    shape: Literal["linear", "rbf"]
    weight: float
    gamma: float
    own_language_only: bool


class HeadManifest(_Frozen):
    """One language's head: its file and what it reads."""

    file: str
    kernels: tuple[KernelManifest, ...]
    utterances: int


class Bin(_Frozen):
    """Utterances whose largest score lies in a tenth that begins at `above`: its mean, and how many were right."""

    above: float
    utterances: int
    confidence: float
    accuracy: float


class Measured(_Frozen):
    """What a set of utterances gave; `confusions` count what was said for each right label.

    `calibration_error` is the mean distance of confidence from accuracy over the bins, weighted by their utterances.
    """

    utterances: int
    accuracy: float
    calibration_error: float
    accuracy_by_label: dict[str, float]
    confusions: dict[str, dict[str, int]]
    reliability: tuple[Bin, ...]


class ClassifierManifest(_Frozen):
    """`version` is a hash of the training data, the recipe, the weights and the training code.

    `measured` has a set of utterances under the first part of its files' names ("heldout" of heldout.en.jsonl).
    """

    kind: Literal["classifier"] = "classifier"
    version: str
    labels: tuple[str, ...]
    heads: dict[Language, HeadManifest]
    measured: dict[str, dict[Language, Measured]]


class RerankerManifest(_Frozen):
    """`version` is a hash of the weights; `weights` names those of each language."""

    kind: Literal["reranker"] = "reranker"
    version: str
    weights: dict[Language, str]


Manifest = Annotated[ClassifierManifest | RerankerManifest, Field(discriminator="kind")]
_ADAPTER: TypeAdapter[Manifest] = TypeAdapter(Manifest)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a model directory; ArtefactError where there is none or it is not ours."""
    path = folder / MANIFEST
    try:
        return _ADAPTER.validate_json(path.read_bytes())
    except OSError as error:
        raise ArtefactError(
            f"{folder} is no model directory ({MANIFEST}: {error.strerror}). Run `make models`."
        ) from error
    except ValidationError as error:
        raise ArtefactError(f"{path} is not a manifest this code reads. Run `make models`.\n{error}") from error


def models_in(folder: Path) -> dict[str, Path]:
    """The model directories in an unpacked archive, by name: itself, by its kind, or else its subfolders.

    Raises ArtefactError where there is none.
    """
    inside = {path.parent.name: path.parent for path in sorted(folder.glob(f"*/{MANIFEST}"))}
    return inside if inside and not (folder / MANIFEST).exists() else {read_manifest(folder).kind: folder}


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest last: a directory without one is not a model."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")


def include_encoder(encoder: Path, folder: Path) -> None:
    """Put a built encoder's directory into a model directory, which then holds all that the image does not."""
    target = folder / ENCODERS_FOLDER / encoder.name
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(encoder, target, copy_function=_linked)


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # on another file system
        shutil.copy2(source, target)
