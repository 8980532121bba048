"""Training: reproducible, skipped when nothing changed, honest about what it cannot do."""

import json
from pathlib import Path

import numpy as np
import pytest

from models.artefacts import ClassifierManifest, read_manifest
from models.cli import main
from models.errors import ArtefactError, TrainingDataError
from models.intent.build import build_classifier, content_hash
from models.intent.classifier import Classifier
from models.intent.evaluation import measure
from models.intent.utterances import read_utterances
from tests.models.conftest import BUILT_ENCODERS


def load(folder: Path) -> Classifier:
    manifest = read_manifest(folder)
    assert isinstance(manifest, ClassifierManifest)
    return Classifier.load(folder, manifest)


def test_given_a_trained_model_then_scores_are_probabilities_and_learned_texts_come_back(
    classifier_dir: Path, labelled: Path
) -> None:
    classifier = load(classifier_dir)
    utterances = read_utterances([labelled])
    for utterance in utterances:
        scores = classifier.scores(utterance.text)
        assert sum(scores.values()) == pytest.approx(1)
        assert max(scores, key=scores.__getitem__) == utterance.label


def test_given_unchanged_inputs_when_built_again_then_nothing_is_trained(classifier_dir: Path, labelled: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in classifier_dir.iterdir()}
    assert not build_classifier([labelled], [labelled], classifier_dir, built=BUILT_ENCODERS).fresh
    assert {path.name: path.stat().st_mtime_ns for path in classifier_dir.iterdir()} == before


def test_given_the_same_inputs_when_trained_twice_then_the_models_agree(
    classifier_dir: Path, labelled: Path, tmp_path: Path
) -> None:
    build = build_classifier([labelled], [labelled], tmp_path, built=BUILT_ENCODERS)
    assert build.fresh
    assert build.manifest == read_manifest(classifier_dir)
    text = "has it shipped"
    assert list(load(tmp_path).scores(text).values()) == pytest.approx(
        list(load(classifier_dir).scores(text).values()), abs=1e-6
    )


def test_given_other_data_then_the_version_is_another(labelled: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    other.write_text(labelled.read_text(encoding="utf-8") + '\n{"text":"hi","intent":"chitchat"}\n', encoding="utf-8")
    assert content_hash([labelled]) != content_hash([other])


def test_given_another_teams_csv_in_one_language_then_it_trains_and_answers_the_other_too(tmp_path: Path) -> None:
    rows = ["text,label", '"Reset, please",password', "I forgot my login,password", "Book a room,room", "A desk,room"]
    (tmp_path / "labels.csv").write_text("\n".join(rows), encoding="utf-8")
    out = tmp_path / "model"
    assert main(["train", "--train", str(tmp_path / "labels.csv"), "--heldout", "--out", str(out)]) == 0
    assert set(load(out).scores("部屋を予約")) == {"password", "room"}


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.jsonl", "{", "not JSON"),
        ("a.jsonl", "[1]", "JSON object"),
        ("a.jsonl", '{"text": " ", "intent": "x"}', "non-empty"),
        ("a.csv", "text,topic\nhello,x", "intent"),
        ("a.txt", "hello", "jsonl"),
        ("a.jsonl", '{"text": "hello", "intent": "x"}', "two labels"),
    ],
)
def test_given_data_nothing_can_be_learned_from_then_the_error_says_why(
    tmp_path: Path, name: str, content: str, why: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(TrainingDataError, match=why):
        build_classifier([tmp_path / name], [], tmp_path / "model", built=BUILT_ENCODERS)


def test_given_no_such_file_when_trained_then_the_command_fails_with_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--train", str(tmp_path / "absent.jsonl"), "--out", str(tmp_path)]) == 1
    assert "does not exist" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "{}", json.dumps({"kind": "translator"})])
def test_given_a_manifest_of_something_else_then_it_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "model.json").write_text(content, encoding="utf-8")
    with pytest.raises(ArtefactError, match="make models"):
        read_manifest(tmp_path)


def test_given_scores_then_accuracy_and_calibration_error_are_what_one_computes_by_hand() -> None:
    held_out = measure([{"a": 0.9, "b": 0.1}, {"a": 0.6, "b": 0.4}], ["a", "b"])
    assert held_out.accuracy == 0.5
    assert held_out.accuracy_by_label == {"a": 1.0, "b": 0.0}
    assert held_out.calibration_error == pytest.approx((abs(0.9 - 1) + abs(0.6 - 0)) / 2)
    assert np.isfinite(held_out.calibration_error)
