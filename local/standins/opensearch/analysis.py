"""The built-in `cjk` analyzer: standard tokenizer, cjk_width, lowercase, cjk_bigram, English stop words.

Latin letters and digits make words; a run of Han, kana or Hangul makes overlapping pairs, a lone character itself.
"""

import re
import unicodedata
from collections.abc import Iterator

_ENGLISH = (
    "a and are as at be but by for if in into is it no not of on or s such t that the their then there these they this "
    "to was will with www"
)
STOP_WORDS = frozenset(_ENGLISH.split())
_HAN = r"\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_KANA_AND_HANGUL = r"\u3040-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uac00-\ud7af"
_CJK = _HAN + _KANA_AND_HANGUL
_RUN = re.compile(rf"(?P<cjk>[{_CJK}]+)|(?P<word>[^\W_{_CJK}]+(?:[._'’][^\W_{_CJK}]+)*)")


def tokens(text: str) -> list[str]:
    """The text's terms, repeated as often as they occur."""
    return [term for term in _terms(folded(text)) if term not in STOP_WORDS]


def folded(text: str) -> str:
    """Full-width ASCII to plain, half-width kana to full, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def _terms(text: str) -> Iterator[str]:
    for run in _RUN.finditer(text):
        if run["word"]:
            yield run["word"]
        elif len(run["cjk"]) == 1:
            yield run["cjk"]
        else:
            yield from (run["cjk"][i : i + 2] for i in range(len(run["cjk"]) - 1))
