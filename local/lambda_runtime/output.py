"""Standard output told apart by thread: what a function prints while it runs in this process goes to its own log."""

import io
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, cast

_thread = threading.local()


class FunctionOutput(io.TextIOBase):
    """Takes what a function prints; all else goes where it went before."""

    def __init__(self, beside: TextIO) -> None:
        self.beside = beside

    def write(self, text: str) -> int:
        return self._stream().write(text)

    def flush(self) -> None:
        self._stream().flush()

    def _stream(self) -> TextIO:
        taken: TextIO | None = getattr(_thread, "taken", None)
        return self.beside if taken is None else taken


@contextmanager
def printing_to(log: Path) -> Iterator[None]:
    """Append what this thread prints to the log, as one piece, when the function has ended."""
    # Whoever captures a test's output puts its own stream in place, again and again.
    if not isinstance(sys.stdout, FunctionOutput):
        sys.stdout = cast(TextIO, FunctionOutput(sys.stdout))
    _thread.taken = taken = io.StringIO()
    try:
        yield
    finally:
        _thread.taken = None
        with log.open("a", encoding="utf-8") as file:
            file.write(taken.getvalue())


def restore_output() -> None:
    """Put standard output back as it was before the first function printed."""
    while isinstance(sys.stdout, FunctionOutput):
        sys.stdout = sys.stdout.beside
