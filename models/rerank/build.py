"""The reranker's model directory: its weights are in the image, so a manifest is all."""

import hashlib
from pathlib import Path

from models.artefacts import RerankerManifest, write_manifest
from models.weights import MSMARCO_MINILM


def build_reranker(folder: Path) -> RerankerManifest:
    """Write the manifest; the version is a hash of the weight files' hashes."""
    digest = hashlib.sha256(repr(sorted(MSMARCO_MINILM.files.items())).encode()).hexdigest()
    manifest = RerankerManifest(version=digest[:12], weights=MSMARCO_MINILM.name)
    write_manifest(folder, manifest)
    return manifest
