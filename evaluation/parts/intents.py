"""The intent classifier as it is served, on utterances it did not learn from, with and without a threshold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, get_args

from bench.results import Cell, Goal, Result, Say, UnmeasurableError
from data.files import DATA, HELD_OUT, TYPICAL
from data.schemas import Language, Utterance, read_rows
from mangaassist.tables import Intents, intents
from models.artefacts import ClassifierManifest, Measured, read_manifest
from models.errors import ModelsError
from models.intent.classifier import Classifier
from models.intent.evaluation import measure as measured

MODEL: Final = Path("build/models/classifier")
SETS: Final = {"typical": TYPICAL, "harder": HELD_OUT}
BOUND_SET: Final = "typical"
COLUMNS: Final = ("set", "utterances", "accuracy", "ECE", "out-of-scope recall", "kept", "accuracy of kept")
_BATCH: Final = 16

Scores = Mapping[str, float]


@dataclass(frozen=True)
class Scored:
    """Utterances of a set and language with what the classifier says of each."""

    name: str
    labels: Sequence[str]
    scores: Sequence[Scores]

    def __add__(self, other: "Scored") -> "Scored":
        return Scored(self.name, [*self.labels, *other.labels], [*self.scores, *other.scores])

    @property
    def measured(self) -> Measured:
        """Of the largest score, without a threshold."""
        return measured(self.scores, self.labels)

    def recall(self, label: str, policy: Intents) -> float:
        """The share of a label's utterances that end as it once the caller's policy is applied."""
        said = [answered(row, policy) for row, right in zip(self.scores, self.labels, strict=True) if right == label]
        return said.count(label) / len(said)

    def kept(self, policy: Intents) -> tuple[float, float]:
        """The share of utterances that score above the threshold, and the accuracy on these."""
        best = [(max(row, key=row.__getitem__), max(row.values())) for row in self.scores]
        above = [
            said == right
            for (said, score), right in zip(best, self.labels, strict=True)
            if score >= policy.minimum_confidence
        ]
        return len(above) / len(best), sum(above) / max(len(above), 1)


def answered(scores: Scores, policy: Intents) -> str:
    """The intent a message is answered as."""
    best = max(scores, key=scores.__getitem__)
    return best if scores[best] >= policy.minimum_confidence else policy.fallback


async def measure(say: Say) -> Result:
    classifier, policy = _classifier(), intents()
    parts: dict[str, dict[Language, Scored]] = {
        name: {language: _scored(classifier, name, language, say) for language in get_args(Language)} for name in SETS
    }
    rows = [row for name, languages in parts.items() for row in _rows(name, languages, policy)]
    return Result(
        columns=COLUMNS,
        rows=rows,
        goals=list(_goals(parts[BOUND_SET], policy)),
        notes=[
            f"Bounds hold for the {BOUND_SET} set. Kept: scores of {policy.minimum_confidence} and more; below, a "
            f"message is answered as {policy.fallback}, which out-of-scope recall counts.",
            f"By intent, with confusions and reliability: {MODEL / 'MODEL_CARD.md'}.",
        ],
        details={"sets": {name: _details(languages) for name, languages in parts.items()}},
    )


def _classifier() -> Classifier:
    try:
        manifest = read_manifest(MODEL)
        if not isinstance(manifest, ClassifierManifest):
            raise UnmeasurableError(f"{MODEL} holds no classifier. Run `make models`.")
        return Classifier.load(MODEL, manifest)
    except ModelsError as error:
        raise UnmeasurableError(str(error)) from error


def _scored(classifier: Classifier, name: str, language: Language, say: Say) -> Scored:
    rows = list(read_rows(DATA / SETS[name].format(language), Utterance))
    scores: list[Scores] = []
    for start in range(0, len(rows), _BATCH):
        say(f"{name} {language}, {start} of {len(rows)}")
        scores += classifier.scores_of([row.text for row in rows[start : start + _BATCH]])
    return Scored(name, [row.intent for row in rows], scores)


def _rows(name: str, languages: Mapping[Language, Scored], policy: Intents) -> Iterator[Sequence[Cell]]:
    for label, scored in (*languages.items(), ("all", _together(languages))):
        figures = scored.measured
        share, accuracy = scored.kept(policy)
        yield (
            f"{name}, {label}",
            figures.utterances,
            figures.accuracy,
            figures.calibration_error,
            scored.recall(policy.fallback, policy),
            share,
            accuracy,
        )


def _goals(languages: Mapping[Language, Scored], policy: Intents) -> Iterator[Goal]:
    together = _together(languages)
    yield Goal("Accuracy", together.measured.accuracy, 0.92, at_least=True, binding=True)
    for language, scored in languages.items():
        yield Goal(f"Accuracy, {language}", scored.measured.accuracy, 0.88, at_least=True, binding=True)
    for name, scored in (("all", together), *languages.items()):
        yield Goal(f"Calibration error, {name}", scored.measured.calibration_error, 0.05, binding=True)
    yield Goal("Out-of-scope recall", together.recall(policy.fallback, policy), 0.8, at_least=True, binding=True)


def _together(languages: Mapping[Language, Scored]) -> Scored:
    first, *others = languages.values()
    return sum(others, start=first)


def _details(languages: Mapping[Language, Scored]) -> dict[str, Any]:
    return {language: scored.measured.model_dump(mode="json") for language, scored in languages.items()}
