"""Which of the store's two languages a text is in, and texts made comparable."""

import re
import unicodedata

from mangaassist.contracts import Locale

JAPANESE = re.compile(r"[぀-ヿ㐀-䶿一-鿿ｦ-ﾟ]")
_LETTER = re.compile(r"[^\W\d_]")
_NOT_WORD = re.compile(r"[\W_]+")


def locale_of(text: str) -> Locale:
    """Japanese when the text holds any kana or kanji, else English."""
    return "ja" if JAPANESE.search(text) else "en"


def japanese_share(text: str) -> float:
    """The share of a text's letters that are Japanese, 0 to 1; 0 for a text without letters."""
    letters = len(_LETTER.findall(text))
    return len(JAPANESE.findall(text)) / letters if letters else 0.0


def normalized(text: str) -> str:
    """NFKC, lower case, everything but letters and digits as single spaces."""
    return _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
