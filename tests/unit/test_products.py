import pytest

from mangaassist.contracts import Locale, LocalText
from mangaassist.policy.products import choose, lines_for, mention_length, mentions
from tests.unit.builders import product

SHELF = [
    product("one-piece-109-en", volume=109, release_date="2025-04-01"),
    product("one-piece-110-en", volume=110, release_date="2025-08-05"),
    product("one-piece-110-ja", volume=110, language="ja", release_date="2024-11-01"),
    product("one-piece-110-en-digital", volume=110, kind="digital", release_date="2025-08-05"),
    product("one-piece-box-1-en", volume=None, kind="box_set", release_date="2013-11-05"),
]


@pytest.mark.parametrize(
    ("message", "locale", "first"),
    [
        ("how much is One Piece vol 109?", "en", "one-piece-109-en"),
        ("One Piece 110", "en", "one-piece-110-en"),
        ("ワンピース110巻はいくら？", "ja", "one-piece-110-ja"),
        ("is vol. 110 of one piece out as an ebook", "en", "one-piece-110-en-digital"),
        ("one piece box set price", "en", "one-piece-box-1-en"),
        ("the Japanese edition of One Piece", "en", "one-piece-110-ja"),
        ("is One Piece in stock", "en", "one-piece-110-en"),
    ],
)
def test_a_message_means_the_edition_it_describes(message: str, locale: Locale, first: str) -> None:
    assert choose(message, locale, SHELF)[0].id == first


def test_a_volume_that_is_not_sold_is_not_replaced_by_another() -> None:
    assert choose("One Piece vol. 45", "en", SHELF) == []


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ("is one piece any good?", True),
        ("ワンピースの新刊いつ", True),
        ("my one pieces arrived", False),
        ("tell me about naruto", False),
    ],
)
def test_a_title_is_named_by_whole_words_or_by_japanese_characters(message: str, named: bool) -> None:
    assert mentions(message, ["One Piece", "ワンピース", ""]) is named


def test_the_longer_of_two_titles_is_the_more_exact_mention() -> None:
    message = "when is Dragon Ball Super out"

    assert mention_length(message, ["Dragon Ball Super"]) > mention_length(message, ["Dragon Ball"])


def test_only_products_that_the_reply_names_are_listed() -> None:
    nana = product("nana-1-en", title=LocalText(en="Nana, Vol. 1", ja="NANA 1巻（英語版）"))

    lines = lines_for("One Piece, Vol. 110 is a good start.", [product(), nana], "en")

    assert [line.id for line in lines] == ["one-piece-110-en"]
