"""Whole sentences of a text that is still being written."""

import re

# An English sentence ends at .!? before white space or the end; a Japanese one at 。！？ where no particle follows.
_END = re.compile(
    r"(?P<latin>(?<!\.)\.(?!\.)|[!?]+)[\"'”’)]*(?=\s|$)"
    r"|。++）*+(?![はがをの、])"
    r"|[！？]++）*+(?!\s*[はがをの、\d])"
)
# "Haikyu!! is", "Kaiju No. 8", "Cells at Work! Vol. 5": the sentence goes on.
_GOES_ON = re.compile(r"[a-z\d]|Vol")
_ABBREVIATIONS = "vols?|nos?|mr|mrs|ms|dr|sgt|st|jr|sr|prof|vs|etc|approx|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
_ABBREVIATION = re.compile(rf"(?<![^\W_])(?:{_ABBREVIATIONS}|[^\W\d_])$", re.IGNORECASE)
_LIST_NUMBER = re.compile(r"(?:^|[:;,]|[.!?\n]\s)\s*\d+$")
# At the end of a cut text a full stop may be the point of a price or of an address.
_PLAIN_WORD = re.compile(r"(?:^|[\s\"'“‘(])[^\W\d_]+(?:['’-][^\W\d_]+)*$")


def whole_sentences(text: str) -> str:
    """The text up to the end of its last finished sentence; empty when none is finished."""
    ends = [match.end() for match in _END.finditer(text) if _finishes(match, text)]
    return text[: ends[-1]].strip() if ends else ""


def _finishes(end: re.Match[str], text: str) -> bool:
    if end["latin"] is None:
        return not _is_in_brackets(text[: end.end()])
    before, after = text[: end.start()], text[end.end() :]
    if _GOES_ON.match(after.lstrip()):
        return False
    if end["latin"] != ".":
        return True
    if _ABBREVIATION.search(before) or _LIST_NUMBER.search(before):
        return False
    return bool(after) or _PLAIN_WORD.search(before) is not None


def _is_in_brackets(text: str) -> bool:
    return any(text.count(opening) > text.count(closing) for opening, closing in ("「」", "『』", "（）"))
