"""The model card: what the classifier is, what it learned from and how well it does, from its manifest."""

from collections.abc import Iterator

from models.artefacts import ClassifierManifest, Measured

FILE = "MODEL_CARD.md"


def model_card(manifest: ClassifierManifest) -> str:
    """Markdown."""
    return "\n".join([*_head(manifest), *_heads(manifest), *_measurements(manifest)]) + "\n"


def _head(manifest: ClassifierManifest) -> Iterator[str]:
    yield f"# Intent classifier {manifest.version}"
    yield ""
    yield (
        "A kernel ridge classifier on frozen encoders, one head a language, chosen by script. Its scores are "
        "probabilities, calibrated by a temperature fitted on leave-one-out predictions. Nothing is random: the same "
        "data, recipe, weights and code give this version again."
    )
    yield ""
    yield f"Labels: {', '.join(f'`{label}`' for label in manifest.labels)}."


def _heads(manifest: ClassifierManifest) -> Iterator[str]:
    yield ""
    yield "| head | learned from | reads |"
    yield "|---|---:|---|"
    for language, head in manifest.heads.items():
        encoders = ", ".join(f"{k.encoder} ({k.shape}, weight {k.weight:g})" for k in head.kernels)
        yield f"| {language} | {head.utterances} utterances | {encoders} |"


def _measurements(manifest: ClassifierManifest) -> Iterator[str]:
    for name, parts in manifest.measured.items():
        for language, part in parts.items():
            yield ""
            yield f"## `{name}`, {language}: accuracy {part.accuracy:.3f} of {part.utterances}"
            yield ""
            yield (
                f"Expected calibration error {part.calibration_error:.3f} (ten bins of equal width). Rows are the "
                "right labels, columns what was said."
            )
            yield ""
            yield from _confusions(part)
            yield ""
            yield from _reliability(part)


def _confusions(part: Measured) -> Iterator[str]:
    labels = sorted({*part.confusions, *(said for row in part.confusions.values() for said in row)})
    yield f"| | {' | '.join(labels)} | accuracy |"
    yield f"|---|{'---:|' * (len(labels) + 1)}"
    for label, row in part.confusions.items():
        cells = (str(row.get(said, "")) for said in labels)
        yield f"| {label} | {' | '.join(cells)} | {part.accuracy_by_label[label]:.3f} |"


def _reliability(part: Measured) -> Iterator[str]:
    yield "| score from | utterances | mean score | accuracy |"
    yield "|---:|---:|---:|---:|"
    for row in part.reliability:
        yield f"| {row.above:.1f} | {row.utterances} | {row.confidence:.3f} | {row.accuracy:.3f} |"
