"""Estimated token counts: 4 ASCII characters or 1 other make a token. The tokenizers of the models are not public."""

import re

_ASCII_PER_TOKEN = 4
_PIECE = re.compile(r"\s*[\x21-\x7e]{1,4}|\s*[^\x00-\x7f]|\s+")


def estimated_tokens(text: str) -> int:
    """An estimate, at least 1."""
    ascii_characters = sum(character.isascii() for character in text)
    return max(1, -(-ascii_characters // _ASCII_PER_TOKEN) + len(text) - ascii_characters)


def pieces(text: str) -> list[str]:
    """The text in token-sized pieces, which join to the text again."""
    return _PIECE.findall(text)
