"""One line for each thing that is ready, with the time it took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console


class Progress:
    """Prints to a console, or nowhere."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Announces `what` once it is done; a step that fails is announced as failed."""
        started = time.monotonic()
        try:
            yield
        except Exception:
            self._print(f"[red]✗[/] {what}")
            raise
        self._print(f"[green]✓[/] {what} [dim]{time.monotonic() - started:.1f} s[/]")

    def _print(self, line: str) -> None:
        if self._console is not None:
            self._console.print(line, highlight=False)
