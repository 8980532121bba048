"""Train the classifier into a model directory, unless the one there was made from the same things."""

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from tqdm import tqdm

from models.artefacts import (
    ClassifierManifest,
    HeadManifest,
    KernelManifest,
    Measured,
    read_manifest,
    write_manifest,
)
from models.building import build_encoders, include_encoders
from models.encoders import Encoder, Language, Vectors, load_encoder
from models.errors import ArtefactError, TrainingDataError
from models.intent.card import FILE as CARD
from models.intent.card import model_card
from models.intent.classifier import excerpt
from models.intent.evaluation import measure
from models.intent.head import KernelHead
from models.intent.recipe import RECIPES, Recipe
from models.intent.training import fit_head
from models.intent.utterances import Utterance, by_language, read_utterances
from models.weights import ALL

_CODE = Path(__file__).resolve().parent.parent
_CHUNK = 32


@dataclass(frozen=True)
class Build:
    """What a build came to; `fresh` is false where nothing had changed."""

    manifest: ClassifierManifest
    fresh: bool


def build_classifier(
    train: Sequence[Path], held_out: Sequence[Path], folder: Path, *, built: Path, force: bool = False
) -> Build:
    """Train and measure into `folder`, or keep what is there when data, recipe, weights and code are the same.

    `built` keeps the encoders that are built, for this and every other model.
    """
    fingerprint = content_hash([*train, *held_out])
    present = _present(folder)
    if present is not None and present.version == fingerprint and not force:
        return Build(present, fresh=False)
    learn = read_utterances(train)
    sets = {name: read_utterances(paths) for name, paths in _by_name(held_out).items()}
    build_encoders((kernel.encoder for recipe in RECIPES.values() for kernel in recipe.kernels), built)
    vectors = _Encoded([*learn, *chain.from_iterable(sets.values())], built)
    folder.mkdir(parents=True, exist_ok=True)
    heads = {language: _fit(language, learn, vectors) for language in by_language(learn)}
    described = {language: _describe(language, learn) for language in heads}
    for language, head in heads.items():
        head.save(folder / described[language].file)
    include_encoders((kernel.encoder for head in described.values() for kernel in head.kernels), built, folder)
    stored = {language: KernelHead.load(folder / head.file) for language, head in described.items()}
    manifest = ClassifierManifest(
        version=fingerprint,
        labels=tuple(sorted({utterance.label for utterance in learn})),
        heads=described,
        measured={name: _measure(stored, test, vectors) for name, test in sets.items()},
    )
    (folder / CARD).write_text(model_card(manifest), encoding="utf-8")
    write_manifest(folder, manifest)
    return Build(manifest, fresh=True)


def _by_name(paths: Sequence[Path]) -> dict[str, list[Path]]:
    """Files by the part of their name before the first dot: those of one name make one set."""
    named: dict[str, list[Path]] = {}
    for path in paths:
        named.setdefault(path.name.partition(".")[0], []).append(path)
    return named


def content_hash(data: Sequence[Path]) -> str:
    """Twelve hexadecimal digits of the SHA-256 over data, weights and the code that encodes and trains."""
    digest = hashlib.sha256()
    for path in data:
        if not path.is_file():
            raise TrainingDataError(f"{path} does not exist")
        digest.update(path.read_bytes())
    for package in ALL:
        digest.update(repr(sorted(package.files.items())).encode())
    for path in sorted(
        [
            *_CODE.glob("intent/*.py"),
            *_CODE.glob("encoders/*.py"),
            *_CODE.glob("distilbert/*.py"),
            *_CODE.glob("e5/*.py"),
            _CODE / "onnx.py",
        ]
    ):
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

    def __init__(self, utterances: Sequence[Utterance], built: Path) -> None:
        needed: dict[str, dict[str, None]] = {}
        for language, recipe in RECIPES.items():
            for kernel in recipe.kernels:
                read = (language,) if kernel.own_language_only else recipe.languages
                texts = dict.fromkeys(excerpt(u.text) for u in utterances if u.language in read)
                needed.setdefault(kernel.encoder, {}).update(texts)
        self._rows = {name: {text: row for row, text in enumerate(texts)} for name, texts in needed.items()}
        self._vectors = {name: _encode(load_encoder(name, built), list(texts)) for name, texts in needed.items()}

    def of(self, recipe: Recipe, own: Sequence[Utterance], others: Sequence[Utterance] = ()) -> dict[str, Vectors]:
        """float32 [n, d] of every encoder in the recipe: of `own`, then of `others` where the kernel reads them."""
        return {
            kernel.encoder: self._of(kernel.encoder, own if kernel.own_language_only else [*own, *others])
            for kernel in recipe.kernels
        }

    def _of(self, encoder: str, utterances: Sequence[Utterance]) -> Vectors:
        rows = self._rows[encoder]
        found: Vectors = self._vectors[encoder][[rows[excerpt(u.text)] for u in utterances]]
        return found


def _encode(encoder: Encoder, texts: Sequence[str]) -> Vectors:
    chunks = [texts[start : start + _CHUNK] for start in range(0, len(texts), _CHUNK)]
    vectors = np.empty((len(texts), encoder.dimensions), dtype=np.float32)
    with ThreadPoolExecutor() as pool, tqdm(total=len(texts), desc=encoder.name, unit=" texts", disable=None) as bar:
        for start, rows in zip(range(0, len(texts), _CHUNK), pool.map(encoder.encode, chunks), strict=True):
            vectors[start : start + len(rows)] = rows
            bar.update(len(rows))
    return vectors


def _fit(language: Language, learn: Sequence[Utterance], vectors: _Encoded) -> KernelHead:
    recipe = RECIPES[language]
    own = [u for u in learn if u.language == language]
    others = [u for u in learn if u.language in recipe.languages and u.language != language]
    labels = [u.label for u in (*own, *others)]
    return fit_head(recipe, vectors.of(recipe, own, others), labels, len(own))


def _describe(language: Language, learn: Sequence[Utterance]) -> HeadManifest:
    recipe = RECIPES[language]
    return HeadManifest(
        file=f"head.{language}.npz",
        kernels=tuple(KernelManifest(**asdict(kernel)) for kernel in recipe.kernels),
        utterances=sum(u.language in recipe.languages for u in learn),
    )


def _measure(
    heads: Mapping[Language, KernelHead], test: Sequence[Utterance], vectors: _Encoded
) -> dict[Language, Measured]:
    results: dict[Language, Measured] = {}
    for language, group in by_language(test).items():
        if language in heads:
            head, recipe = heads[language], RECIPES[language]
            scores = head.scores(recipe.kernels, vectors.of(recipe, group))
            rows = [dict(zip(head.labels, row.tolist(), strict=True)) for row in scores]
            results[language] = measure(rows, [u.label for u in group])
    return results
