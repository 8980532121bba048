"""Train the classifier into a model directory, unless the one there was made from the same things."""

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from models.artefacts import (
    ClassifierManifest,
    FeatureManifest,
    HeadManifest,
    HeldOut,
    read_manifest,
    write_manifest,
)
from models.encoders import Encoder, Language, Vectors, load_encoder
from models.errors import ArtefactError, TrainingDataError
from models.intent.evaluation import measure
from models.intent.head import LinearHead
from models.intent.recipe import FOLDS, RECIPES, SEED, Recipe
from models.intent.training import fit_head
from models.intent.utterances import Utterance, by_language, read_utterances
from models.weights import ALL

_CODE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Build:
    """What a build came to; `fresh` is false where nothing had changed."""

    manifest: ClassifierManifest
    fresh: bool


def build_classifier(train: Sequence[Path], held_out: Sequence[Path], folder: Path, *, force: bool = False) -> Build:
    """Train and measure into `folder`, or keep what is there when data, recipe, weights and code are the same."""
    fingerprint = content_hash([*train, *held_out])
    present = _present(folder)
    if present is not None and present.version == fingerprint and not force:
        return Build(present, fresh=False)
    learn, test = read_utterances(train), read_utterances(held_out)
    vectors = _Encoded([*learn, *test])
    heads = {language: _head(RECIPES[language], language, learn, vectors) for language in by_language(learn)}
    manifest = ClassifierManifest(
        version=fingerprint,
        labels=tuple(sorted({utterance.label for utterance in learn})),
        heads={language: _describe(language, learn) for language in heads},
        held_out=_measure(heads, test, vectors),
        trained_with={"scikit-learn": version("scikit-learn"), "onnxruntime": version("onnxruntime")},
    )
    folder.mkdir(parents=True, exist_ok=True)
    for language, head in heads.items():
        head.save(folder / manifest.heads[language].file)
    write_manifest(folder, manifest)
    return Build(manifest, fresh=True)


def content_hash(data: Sequence[Path]) -> str:
    """Twelve hexadecimal digits of the SHA-256 over data, weights and the code that encodes and trains."""
    digest = hashlib.sha256()
    for path in data:
        if not path.is_file():
            raise TrainingDataError(f"{path} does not exist")
        digest.update(path.read_bytes())
    for package in ALL:
        digest.update(repr(sorted(package.files.items())).encode())
    for path in sorted([*_CODE.glob("intent/*.py"), *_CODE.glob("encoders/*.py"), _CODE / "onnx.py"]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _present(folder: Path) -> ClassifierManifest | None:
    try:
        manifest = read_manifest(folder)
    except ArtefactError:
        return None
    if not isinstance(manifest, ClassifierManifest):
        return None
    return manifest if all((folder / head.file).is_file() for head in manifest.heads.values()) else None


class _Encoded:
    """Each text encoded once by each encoder that some head asks for."""

    def __init__(self, utterances: Sequence[Utterance]) -> None:
        self._encoders: dict[str, Encoder] = {}
        self._rows: dict[tuple[str, str], Vectors] = {}
        needed: dict[str, dict[str, None]] = {}
        for recipe, texts in _readers(utterances):
            for feature in recipe.features:
                needed.setdefault(feature.encoder, {}).update(dict.fromkeys(texts))
        for name, texts_of_name in needed.items():
            self._encode(name, list(texts_of_name))

    def _encode(self, name: str, texts: list[str]) -> None:
        encoder = self._encoders.setdefault(name, load_encoder(name))
        with ThreadPoolExecutor() as pool:
            chunks = pool.map(encoder.encode, [texts[start : start + 32] for start in range(0, len(texts), 32)])
            for text, row in zip(texts, (row for chunk in chunks for row in chunk), strict=True):
                self._rows[name, text] = row

    def joined(self, recipe: Recipe, utterances: Sequence[Utterance]) -> Vectors:
        """float32 [n, features], as `features.joined` gives at serving."""
        blocks = [
            np.stack([self._rows[f.encoder, u.text] for u in utterances]) * np.float32(f.scale) for f in recipe.features
        ]
        return np.concatenate(blocks, axis=1)


def _readers(utterances: Sequence[Utterance]) -> list[tuple[Recipe, list[str]]]:
    return [(r, [u.text for u in utterances if u.language in r.languages]) for r in RECIPES.values()]


def _head(recipe: Recipe, language: Language, learn: Sequence[Utterance], vectors: _Encoded) -> LinearHead:
    own = [u for u in learn if u.language == language]
    extra = [u for u in learn if u.language in recipe.languages and u.language != language]
    matrix = vectors.joined(recipe, own)
    others = vectors.joined(recipe, extra) if extra else np.empty((0, matrix.shape[1]), dtype=np.float32)
    return fit_head(
        matrix,
        [u.label for u in own],
        (others, [u.label for u in extra]),
        strength=recipe.inverse_regularisation,
        seed=SEED,
        folds=FOLDS,
    )


def _describe(language: Language, learn: Sequence[Utterance]) -> HeadManifest:
    recipe = RECIPES[language]
    return HeadManifest(
        file=f"head.{language}.npz",
        features=tuple(FeatureManifest(encoder=f.encoder, scale=f.scale) for f in recipe.features),
        utterances=sum(u.language in recipe.languages for u in learn),
    )


def _measure(
    heads: Mapping[Language, LinearHead], test: Sequence[Utterance], vectors: _Encoded
) -> dict[Language, HeldOut]:
    results: dict[Language, HeldOut] = {}
    for language, group in by_language(test).items():
        if language in heads:
            head = heads[language]
            scores = head.scores(vectors.joined(RECIPES[language], group))
            rows = [dict(zip(head.labels, row.tolist(), strict=True)) for row in scores]
            results[language] = measure(rows, [u.label for u in group])
    return results
