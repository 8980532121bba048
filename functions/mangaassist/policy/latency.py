"""How long a dependency takes: its 95th percentile, which decides whether an attempt is worth beginning."""

from collections import deque

KEPT = 200
ENOUGH = 20
KEPT_S = 300.0


class Latencies:
    """The p95 of what was observed lately; the prior until there is enough of it, and again once it is old.

    Answers only: an attempt that timed out says more of its budget than of the dependency. Observations age, so that
    a p95 by which nothing would be tried any more does not stand for ever. Milliseconds; instants in seconds.
    """

    def __init__(self, prior_ms: float) -> None:
        self._prior_ms = prior_ms
        self._observed: deque[tuple[float, float]] = deque(maxlen=KEPT)

    def observe(self, ms: float, now_s: float) -> None:
        """An answer took so long; or, where it was not waited for to the end, at least so long."""
        self._observed.append((now_s, ms))

    def p95_ms(self, now_s: float) -> float:
        """The ⌈0.95 n⌉-th of n observations in order of length."""
        recent = sorted(ms for at, ms in tuple(self._observed) if now_s - at <= KEPT_S)
        if len(recent) < ENOUGH:
            return self._prior_ms
        return recent[-(-len(recent) * 95 // 100) - 1]
