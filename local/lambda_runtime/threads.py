"""Threads that grow with the work that runs at once. One that is given up starves nobody: the next gets another."""

import threading
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue

Work = Callable[[], None]


class Threads:
    """Runs work at once, on a thread that is idle or on a new one. `started` counts the new ones."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._idle: deque[SimpleQueue[Work | None]] = deque()
        self._lock = threading.Lock()
        self._closed = False
        self.started = 0

    def run(self, work: Work) -> None:
        """Begin the work; it must not raise."""
        try:
            self._idle.pop().put(work)
        except IndexError:
            self._start(work)

    def close(self) -> None:
        """Let every thread end when its work has. It is not waited for: work that was given up may never end."""
        with self._lock:
            self._closed = True
            while self._idle:
                self._idle.pop().put(None)

    def _start(self, work: Work) -> None:
        inbox: SimpleQueue[Work | None] = SimpleQueue()
        inbox.put(work)
        # A daemon: work that was given up does not keep the process alive.
        threading.Thread(target=self._serve, args=(inbox,), name=self._name, daemon=True).start()
        self.started += 1

    def _serve(self, inbox: "SimpleQueue[Work | None]") -> None:
        while (work := inbox.get()) is not None:
            work()
            with self._lock:
                if self._closed:
                    return
                self._idle.append(inbox)
