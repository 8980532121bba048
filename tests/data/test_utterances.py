"""The labelled utterances: schema, balance, duplicates, and no held-out text near one that is trained on."""

import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator

from mangaassist.tables import intents

UTTERANCES = Path(__file__).parents[2] / "data" / "utterances"
LANGUAGES = ("en", "ja")
FILES = [f"{part}.{language}" for part in ("train", "heldout") for language in LANGUAGES]
MINIMUM_PER_INTENT = {"train": 60, "heldout": 20}
NGRAM = {"en": 3, "ja": 2}
"""Characters a gram: a Japanese character carries about as much as two or three Latin ones."""
NEAR_DUPLICATE = 0.5
"""Jaccard similarity of the n-gram sets from which two utterances count as the same text reworded."""
ENGLISH_LETTER = re.compile(r"[a-zA-Z]")
JAPANESE_LETTER = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


class Utterance(BaseModel):
    """One message of a customer and the intent it is labelled with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=500)]
    intent: str

    @field_validator("intent")
    @classmethod
    def _is_in_the_intents_table(cls, intent: str) -> str:
        if intent not in intents().intents:
            raise ValueError(f"{intent!r} is not an intent of the intents table")
        return intent

    @field_validator("text")
    @classmethod
    def _is_one_trimmed_line(cls, text: str) -> str:
        if text != text.strip() or "\n" in text:
            raise ValueError("text is not one trimmed line")
        return text


def read(name: str) -> list[Utterance]:
    lines = (UTTERANCES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [Utterance.model_validate_json(line) for line in lines]


def normalise(text: str) -> str:
    """Letters, digits and symbols in one width and case; spaces and punctuation only where there is nothing else."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if unicodedata.category(c)[0] in "LNMS") or folded


def grams(text: str, size: int) -> frozenset[str]:
    bounded = f"^{normalise(text)}$"
    return frozenset(bounded[i : i + size] for i in range(max(1, len(bounded) - size + 1)))


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)


@pytest.mark.parametrize("name", FILES)
def test_given_a_file_then_every_intent_has_enough_utterances_and_none_prevails(name: str) -> None:
    counts = Counter(utterance.intent for utterance in read(name))

    assert set(counts) == set(intents().intents)
    assert min(counts.values()) >= MINIMUM_PER_INTENT[name.split(".", maxsplit=1)[0]]
    assert max(counts.values()) <= 1.5 * min(counts.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_given_both_parts_then_the_held_out_part_is_at_least_a_third_of_the_training_part(language: str) -> None:
    assert 3 * len(read(f"heldout.{language}")) >= len(read(f"train.{language}"))


@pytest.mark.parametrize("name", FILES)
def test_given_a_file_then_no_text_occurs_twice(name: str) -> None:
    counts = Counter(normalise(utterance.text) for utterance in read(name))

    assert [text for text, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("name", FILES)
def test_given_a_file_then_its_texts_are_in_its_language(name: str) -> None:
    texts = [utterance.text for utterance in read(name)]
    japanese = [text for text in texts if JAPANESE_LETTER.search(text)]

    if name.endswith(".en"):
        assert japanese == []
    else:
        latin_only = [text for text in texts if ENGLISH_LETTER.search(text) and text not in japanese]
        assert len(latin_only) < 0.1 * len(texts), "romaji is a spice, not the dish"


@pytest.mark.parametrize("language", LANGUAGES)
def test_given_held_out_texts_then_none_is_a_near_duplicate_of_a_training_text(language: str) -> None:
    train, held_out = (
        {utterance.text: grams(utterance.text, NGRAM[language]) for utterance in read(f"{part}.{language}")}
        for part in ("train", "heldout")
    )
    leaks = [
        (unseen, seen)
        for unseen, unseen_grams in held_out.items()
        for seen, seen_grams in train.items()
        if similarity(unseen_grams, seen_grams) >= NEAR_DUPLICATE
    ]

    assert leaks == []


@pytest.mark.parametrize(
    ("held_out", "train", "language"),
    [
        ("Where is my order?", "where's my order", "en"),
        ("Has MA-48213 shipped yet?", "Has order MA-48213 shipped yet?", "en"),
        ("ＯＰの新刊はいつですか", "OPの新刊はいつですか？", "ja"),
        ("注文をキャンセルしたい", "注文をキャンセルしたいです", "ja"),
    ],
)
def test_given_a_reworded_text_then_the_leakage_check_sees_it(held_out: str, train: str, language: str) -> None:
    assert similarity(grams(held_out, NGRAM[language]), grams(train, NGRAM[language])) >= NEAR_DUPLICATE
