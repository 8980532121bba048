"""How loading tells where it is."""

from typing import Protocol


class Report(Protocol):
    """Told what is being loaded, how much is done, and how much there is."""

    def __call__(self, what: str, done: int, total: int, /) -> None: ...


def silent(what: str, done: int, total: int, /) -> None:
    """A report to nobody."""
