import pytest

from mangaassist.contracts import Locale, LocalText
from mangaassist.policy.products import choose, lines_for, mention_length, mentions, names_volume
from tests.unit.builders import product

SHELF = [
    product("one-piece-109-en", volume=109, release_date="2025-04-01"),
    product("one-piece-110-en", volume=110, release_date="2025-08-05"),
    product("one-piece-110-ja", volume=110, language="ja", release_date="2024-11-01"),
    product("one-piece-110-en-digital", volume=110, kind="digital", release_date="2025-08-05"),
    product("one-piece-box-set-1-en", volume=None, kind="box_set", release_date="2013-11-05"),
    product("one-piece-box-set-2-en", volume=None, kind="box_set", release_date="2014-11-04"),
]


@pytest.mark.parametrize(
    ("message", "locale", "first"),
    [
        ("how much is One Piece vol 109?", "en", "one-piece-109-en"),
        ("One Piece 110", "en", "one-piece-110-en"),
        ("ワンピース110巻はいくら？", "ja", "one-piece-110-ja"),
        ("is vol. 110 of one piece out as an ebook", "en", "one-piece-110-en-digital"),
        ("one piece box set price", "en", "one-piece-box-set-2-en"),
        ("how much is One Piece box set volume 1?", "en", "one-piece-box-set-1-en"),
        ("is One Piece Box Set 1 in stock", "en", "one-piece-box-set-1-en"),
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


@pytest.mark.parametrize(
    ("reply", "locale", "listed"),
    [
        ("One Piece, Vol. 110 is a good start.", "en", ["110"]),
        ("One Piece, Vol. 11 (Digital) is a good start.", "en", ["digital"]),
        ("One Piece, Vol. 11, or One Piece, Vol. 11 (Digital)?", "en", ["11", "digital"]),
        ("「ONE PIECE 110巻」が最新刊です。", "ja", ["110"]),
    ],
)
def test_a_title_inside_a_longer_one_is_not_named(reply: str, locale: Locale, listed: list[str]) -> None:
    shelf = [
        product("11", title=LocalText(en="One Piece, Vol. 11", ja="ONE PIECE 11巻")),
        product("110", title=LocalText(en="One Piece, Vol. 110", ja="ONE PIECE 110巻")),
        product("digital", title=LocalText(en="One Piece, Vol. 11 (Digital)", ja="ONE PIECE 11巻（電子書籍）")),
        product("10", title=LocalText(en="Piece, Vol. 110", ja="E 110巻")),
    ]

    assert [line.id for line in lines_for(reply, shelf, locale)] == listed


def test_a_product_that_is_found_and_recommended_is_listed_once() -> None:
    assert len(lines_for("One Piece, Vol. 110 is a good start.", [product(), product()], "en")) == 1


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ("When did vol. 45 come out?", True),
        ("ワンピース１０９巻の発売日", True),
        ("one piece 110 release date", True),
        ("when is the next One Piece out?", False),
        ("mob psycho 100 release date", False),
    ],
)
def test_a_message_says_which_volume_it_means_by_a_number_that_is_one(message: str, named: bool) -> None:
    assert names_volume(message, SHELF) is named
