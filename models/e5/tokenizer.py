"""XLM-RoBERTa's tokenizer: SentencePiece unigram pieces between <s> and </s>.

Kudo, 2018, "Subword Regularization", https://arxiv.org/abs/1804.10959.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np

from models.e5.packed import Floats, Vocabulary

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

START, PADDING, END, UNKNOWN = "<s>", "<pad>", "</s>", "<unk>"
_SPECIAL: Final = (START, PADDING, END, UNKNOWN)
_WORD_START: Final = "▁"
_ABSENT: Final = "[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]"
_SPACES: Final = "[\t\n\x0c\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff]|\\s{2,}"
# Latin, punctuation and symbols, kana, ideographs, full- and half-width forms, emoji.
_OURS: Final = re.compile(
    "[\u0000-\u024f\u2000-\u27bf\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U0001f000-\U0001faff]+"
)


def kept_ids(vocabulary: Vocabulary) -> NDArray[np.intp]:
    """The ids of the pieces that Japanese and English are written with, ascending; special ones first."""
    return np.array(
        [
            number
            for number, piece in enumerate(vocabulary.pieces)
            if number < len(_SPECIAL) or _OURS.fullmatch(piece.replace(_WORD_START, ""), 0) or piece == _WORD_START
        ]
    )


def tokenizer(vocabulary: Vocabulary, kept: NDArray[np.intp]) -> Tokenizer:
    """A tokenizer of the kept pieces, whose ids are their places among these."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    scores: Floats = vocabulary.scores[kept]
    pieces = [(vocabulary.pieces[number], float(score)) for number, score in zip(kept, scores, strict=True)]
    made = Tokenizer(models.Unigram(pieces, unk_id=_SPECIAL.index(UNKNOWN), byte_fallback=False))
    made.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_ABSENT), ""),
            normalizers.NFKC(),
            normalizers.Replace(Regex(_SPACES), " "),
        ]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement=_WORD_START, prepend_scheme="always")
    made.post_processor = processors.TemplateProcessing(
        single=f"{START} $A {END}",
        special_tokens=[(name, _SPECIAL.index(name)) for name in (START, END)],
    )
    return made
