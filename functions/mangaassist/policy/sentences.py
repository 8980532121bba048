"""Whole sentences of a text that is still being written."""

import re

# An English sentence ends at .!? before white space or the end; a Japanese one at 。！？ wherever they stand.
_END = re.compile(r"[.!?]+[\"'”’)]*(?=\s|$)|[。！？]+[」』）]*")


def whole_sentences(text: str) -> str:
    """The text up to the end of its last finished sentence; empty when none is finished."""
    ends = [match.end() for match in _END.finditer(text)]
    return text[: ends[-1]].strip() if ends else ""
