"""Which of the two encoders a text belongs to, by its characters."""

import re
from typing import Literal

Language = Literal["en", "ja"]

# Hiragana, katakana (also half width), kanji with 々 and 〇, the long vowel mark.
_JAPANESE = re.compile(r"[\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f]")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’]*")


def language_of(text: str) -> Language:
    """Japanese where there are at least as many Japanese characters as Latin words, English elsewhere.

    "SPY×FAMILYの12巻" is Japanese; a long English passage that names ワンピース stays English.
    """
    japanese = len(_JAPANESE.findall(text))
    return "ja" if japanese and japanese >= len(_LATIN_WORD.findall(text)) else "en"
