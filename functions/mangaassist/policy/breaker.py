"""The circuit breaker before a model: closed, open, half-open.

Closed: calls pass, and each instance keeps the outcomes of its own. Open: calls are refused, so that a model that is
down costs neither time nor money; each opening in a row lasts twice as long as the one before. Half-open: one real
call, the probe, decides; whoever claims it has a lease, so that a prober that vanishes holds nobody up.
"""

from collections import deque
from dataclasses import dataclass, replace
from typing import Literal

State = Literal["closed", "open", "half_open"]
Admission = Literal["pass", "probe", "refuse"]


@dataclass(frozen=True)
class Rules:
    """When a circuit opens, and for how long."""

    window_s: float = 60.0
    minimum_calls: int = 10
    failure_share: float = 0.5
    open_s: float = 5.0
    longest_open_s: float = 60.0
    lease_s: float = 4.0


@dataclass(frozen=True)
class Circuit:
    """What all instances share. `until_ms`: the end of an opening or of a probe's lease, in epoch milliseconds.

    `openings` counts those in a row; `version` counts transitions, so that of two at once only one is made.
    """

    state: State = "closed"
    until_ms: int = 0
    openings: int = 0
    version: int = 0

    def admission(self, now_ms: int) -> Admission:
        """Whether a call passes, is refused, or may be the probe if it can claim that."""
        if self.state == "closed":
            return "pass"
        return "refuse" if now_ms < self.until_ms else "probe"

    def opened(self, now_ms: int, rules: Rules) -> "Circuit":
        """min(open_s × 2^openings, longest_open_s) long."""
        seconds = min(rules.open_s * 2**self.openings, rules.longest_open_s)
        return Circuit("open", now_ms + round(seconds * 1000), self.openings + 1, self.version + 1)

    def probed(self, now_ms: int, rules: Rules) -> "Circuit":
        """Half-open, for as long as the probe's lease lasts."""
        until_ms = now_ms + round(rules.lease_s * 1000)
        return replace(self, state="half_open", until_ms=until_ms, version=self.version + 1)

    def closed(self) -> "Circuit":
        return Circuit(version=self.version + 1)


class Window:
    """The latest outcomes of one instance's calls. Instants in seconds."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._outcomes: deque[tuple[float, bool]] = deque(maxlen=1_000)

    def record(self, now_s: float, *, failed: bool) -> None:
        self._outcomes.append((now_s, failed))

    def clear(self) -> None:
        self._outcomes.clear()

    def is_failing(self, now_s: float) -> bool:
        """Whether of enough calls too large a share has failed."""
        recent = [failed for at, failed in tuple(self._outcomes) if now_s - at <= self._rules.window_s]
        return len(recent) >= self._rules.minimum_calls and sum(recent) >= self._rules.failure_share * len(recent)
