"""A classifier trained on a few lines, once for all tests of this folder."""

import json
from pathlib import Path

import pytest

from models.intent.build import build_classifier

BUILT_ENCODERS = Path(__file__).resolve().parents[2] / "build" / "models" / "encoders"
_LINES = {
    "order_tracking": [
        "Where is my order?",
        "Has my parcel shipped yet?",
        "注文した本はどこですか",
        "配送状況を教えて",
    ],
    "chitchat": ["Hello there!", "Thanks a lot, bye", "こんにちは", "ありがとうございました"],
    "release_date": [
        "When is volume 12 out?",
        "Release date of the next one?",
        "次の巻はいつ出ますか",
        "新刊の発売日は？",
    ],
}


@pytest.fixture(scope="session")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A JSON Lines file with four utterances for each of three intents, half of them Japanese."""
    path = tmp_path_factory.mktemp("utterances") / "few.jsonl"
    rows = [{"text": text, "intent": intent} for intent, texts in _LINES.items() for text in texts]
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def classifier_dir(labelled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model directory trained on those lines."""
    folder = tmp_path_factory.mktemp("classifier")
    build_classifier([labelled], [labelled], folder, built=BUILT_ENCODERS)
    return folder
