"""The reranker's model directory: its weights are in the image, so a manifest is all."""

import hashlib
from pathlib import Path

from models.artefacts import RerankerManifest, write_manifest
from models.rerank.reranker import WEIGHTS


def build_reranker(folder: Path) -> RerankerManifest:
    """Write the manifest; the version is a hash of the weight files' hashes."""
    digest = hashlib.sha256()
    for language, package in sorted(WEIGHTS.items()):
        digest.update(repr((language, sorted(package.files.items()))).encode())
    weights = {language: package.name for language, package in WEIGHTS.items()}
    manifest = RerankerManifest(version=digest.hexdigest()[:12], weights=weights)
    write_manifest(folder, manifest)
    return manifest
