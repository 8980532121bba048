"""The reranker's model directory: a manifest, and the encoder that is not in the image."""

import hashlib
from pathlib import Path

from models.artefacts import RerankerManifest, write_manifest
from models.building import include_encoders
from models.rerank.reranker import SCORER_OF
from models.weights import E5_SMALL, MSMARCO_MINILM


def build_reranker(folder: Path, built: Path) -> RerankerManifest:
    """Write the directory; the version is a hash of the scorers' names and the weight files' hashes.

    `built` keeps the encoders that are built, for this and every other model.
    """
    digest = hashlib.sha256(repr(sorted(SCORER_OF.items())).encode())
    for package in (MSMARCO_MINILM, E5_SMALL):
        digest.update(repr(sorted(package.files.items())).encode())
    manifest = RerankerManifest(version=digest.hexdigest()[:12], weights=dict(SCORER_OF))
    include_encoders(SCORER_OF.values(), built, folder)
    write_manifest(folder, manifest)
    return manifest
