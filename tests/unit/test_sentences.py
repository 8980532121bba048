"""What is left of a reply whose stream was cut."""

import pytest

from mangaassist.policy.sentences import whole_sentences


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("It ships today. It will arr", "It ships today."),
        ("It ships today.", "It ships today."),
        ("It costs $8.95 to Alas", ""),
        ('He said "yes." And th', 'He said "yes."'),
        ("Done!", "Done!"),
        ("It costs $11.99. It is in st", "It costs $11.99."),
        ("It came out in 1997. Its hero", "It came out in 1997."),
        ("", ""),
    ],
)
def test_a_cut_text_ends_with_a_whole_sentence(text: str, whole: str) -> None:
    assert whole_sentences(text) == whole


@pytest.mark.parametrize(
    "text",
    [
        "The newest is One Piece, Vol. 11",
        "The newest is One Piece, Vol.",
        "It costs $11.",
        "It is Kaiju No. 8",
        "It is written by Mr. Od",
        "Look at Dr. Stone",
        "The hero is Monkey D. Luf",
        "It ships on Nov. Twenty",
        "Start with these: 1. Berserk",
        "Write to help@store.",
        "Ask at www.store.",
        "To Terra... Keiko",
        "I like Haikyu!! for its",
        "I like Cells at Work! Vol. 5",
    ],
)
def test_a_full_stop_inside_a_name_a_price_or_an_address_ends_nothing(text: str) -> None:
    assert whole_sentences(f"In stock. {text}") == "In stock."


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("発送します。明日には", "発送します。"),
        ("在庫あり！すぐに", "在庫あり！"),
        ("発送します（無料です。）明日", "発送します（無料です。）"),
        ("発送します。次は「チ。―地球の", "発送します。"),
        ("発送します。次は「チ。」とい", "発送します。"),
        ("発送します。バクマン。は全20", "発送します。"),
        ("発送します。よつばと！ 15巻は", "発送します。"),
        ("発送します。ハイキュー！！の", "発送します。"),
    ],
)
def test_japanese_sentences_end_outside_of_titles(text: str, whole: str) -> None:
    assert whole_sentences(text) == whole
