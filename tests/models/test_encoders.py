"""Sentence encoders: shape, norm, meaning, and which one a text belongs to."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from models.building import build_encoders
from models.encoders import BUILT, ENCODERS, Encoder, Language, language_of, load_encoder
from models.encoders.characters import CharacterEncoder
from models.errors import ArtefactError
from tests.models.conftest import BUILT_ENCODERS

NAMES = (*ENCODERS.values(), *BUILT, CharacterEncoder.name)


@pytest.fixture(scope="module")
def encoders() -> Mapping[str, Encoder]:
    build_encoders(NAMES, BUILT_ENCODERS)
    return {name: load_encoder(name, BUILT_ENCODERS) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_given_texts_then_the_rows_are_unit_vectors_independent_of_their_neighbours(
    encoders: Mapping[str, Encoder], name: str
) -> None:
    encoder = encoders[name]
    texts = ["Where is my order?", "注文はどこですか", "a" * 5000]
    rows = encoder.encode(texts)
    assert rows.shape == (3, encoder.dimensions)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)
    assert encoder.encode(texts[1:2])[0] == pytest.approx(rows[1], abs=1e-5)
    assert encoder.encode([]).shape == (0, encoder.dimensions)


@pytest.mark.parametrize(
    ("language", "query", "near", "far"),
    [
        ("en", "Can I send a book back?", "Returns are accepted within thirty days.", "A pirate sails the seas."),
        ("ja", "本を返品できますか", "返品は三十日以内に受け付けます。", "海賊が海を旅する物語。"),
    ],
)
def test_given_a_question_then_its_answer_is_nearer_than_another_text(
    encoders: Mapping[str, Encoder], language: Language, query: str, near: str, far: str
) -> None:
    question, answer, other = encoders[ENCODERS[language]].encode([query, near, far])
    assert question @ answer > question @ other


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where is my order?", "en"),
        ("返品", "ja"),
        ("ﾜﾝﾋﾟｰｽ", "ja"),
        ("SPY×FAMILYの12巻", "ja"),
        ("A crew of pirates looks for the treasure in One Piece (ワンピース), a very long story", "en"),
        ("12345 ???", "en"),
    ],
)
def test_given_a_text_then_its_script_chooses_the_language(text: str, language: Language) -> None:
    assert language_of(text) == language


def test_given_an_unknown_name_then_no_encoder_is_guessed() -> None:
    with pytest.raises(ArtefactError, match="no-such-encoder"):
        load_encoder("no-such-encoder")


def test_given_an_encoder_that_was_not_built_then_the_error_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match="make models"):
        load_encoder(next(iter(BUILT)), tmp_path)
