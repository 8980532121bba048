"""The labelled utterances: balance, languages, and what the leakage check takes for the same text."""

import re
from collections import Counter

import pytest

from data.files import DATA, HELD_OUT, TRAIN, TYPICAL
from data.leakage import NEAR_DUPLICATE, similarity
from data.schemas import Language, Utterance, read_rows
from mangaassist.tables import intents

LANGUAGES: tuple[Language, ...] = ("en", "ja")
MINIMUM_PER_INTENT = {TRAIN: 60, TYPICAL: 20, HELD_OUT: 20}
FILES = [part.format(language) for part in MINIMUM_PER_INTENT for language in LANGUAGES]
ENGLISH_LETTER = re.compile(r"[a-zA-Z]")
JAPANESE_LETTER = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def read(name: str) -> list[Utterance]:
    return list(read_rows(DATA / name, Utterance))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", MINIMUM_PER_INTENT)
def test_given_a_file_then_every_intent_has_enough_utterances_and_none_prevails(part: str, language: Language) -> None:
    counts = Counter(utterance.intent for utterance in read(part.format(language)))

    assert set(counts) == set(intents().intents)
    assert min(counts.values()) >= MINIMUM_PER_INTENT[part]
    assert max(counts.values()) <= 1.5 * min(counts.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_given_all_parts_then_what_is_held_out_is_at_least_a_third_of_the_training_part(language: Language) -> None:
    held_out = sum(len(read(part.format(language))) for part in (TYPICAL, HELD_OUT))

    assert 3 * held_out >= len(read(TRAIN.format(language)))


@pytest.mark.parametrize("name", FILES)
def test_given_a_file_then_its_texts_are_in_its_language(name: str) -> None:
    texts = [utterance.text for utterance in read(name)]
    japanese = [text for text in texts if JAPANESE_LETTER.search(text)]

    if name.endswith(".en.jsonl"):
        assert japanese == []
    else:
        latin_only = [text for text in texts if ENGLISH_LETTER.search(text) and text not in japanese]
        assert len(latin_only) < 0.1 * len(texts), "romaji is a spice, not the dish"


@pytest.mark.parametrize(
    ("held_out", "train", "language"),
    [
        ("Where is my order?", "where's my order", "en"),
        ("Has MA-48213 shipped yet?", "Has order MA-48213 shipped yet?", "en"),
        ("ＯＰの新刊はいつですか", "OPの新刊はいつですか？", "ja"),
        ("注文をキャンセルしたい", "注文をキャンセルしたいです", "ja"),
    ],
)
def test_given_a_reworded_text_then_the_leakage_check_sees_it(held_out: str, train: str, language: Language) -> None:
    assert similarity(held_out, train, language) >= NEAR_DUPLICATE
