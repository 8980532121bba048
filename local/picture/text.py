"""How wide a name is, and where it is broken. No font is read: a proportional sans serif, within a few per cent."""

from itertools import combinations, pairwise

# Widths in ems after Helvetica's metrics, by class of letter.
_CLASSES = {"ijl'.,:;|!": 0.24, "ft()[]- rI/": 0.32, "mwMW%@": 0.85, "ABCDEFGHKNOPQRUVXYZ": 0.69}
_EMS = {letter: ems for letters, ems in _CLASSES.items() for letter in letters}
_OTHER = 0.55
STRETCH = 0.3


def width(text: str, size: float) -> float:
    """The text's width, in the unit of `size`."""
    return size * sum(_EMS.get(letter, _OTHER) for letter in text)


def lines(text: str, size: float, limit: float) -> tuple[str, ...]:
    """The text in the fewest lines within `limit`, as even as they get; the more lines, the wider they may be."""
    words = text.split()
    for count in range(1, len(words)):
        stretched = limit * (1 + STRETCH * (count - 1))
        best = min(_breaks(words, count), key=lambda broken: max(width(line, size) for line in broken))
        if max(width(line, size) for line in best) <= stretched:
            return best
    return tuple(words)


def _breaks(words: list[str], count: int) -> list[tuple[str, ...]]:
    cuts = [(0, *cut, len(words)) for cut in combinations(range(1, len(words)), count - 1)]
    return [tuple(" ".join(words[a:b]) for a, b in pairwise(cut)) for cut in cuts]
