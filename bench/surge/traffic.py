"""How many invocations a release brings, minute by minute, and when each of them comes."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

MINUTE_S = 60.0


@dataclass(frozen=True)
class Surge:
    """Invocations a minute of one endpoint; times in minutes from the release.

    Traffic is `ordinary`, rises to `peak` within `rise`, stays until `until`, and is ordinary again at `over`.
    """

    ordinary: float
    peak: float
    rise: float
    until: float
    over: float

    def at(self, minute: float) -> float:
        """Invocations a minute at this moment."""
        extra = self.peak - self.ordinary
        if minute < self.until:
            return self.ordinary + extra * min(1.0, max(0.0, minute / self.rise))
        return self.ordinary + extra * max(0.0, (self.over - minute) / (self.over - self.until))

    def arrivals(self, start: float, end: float, *, share: float, seed: int) -> Iterator[float]:
        """When requests come, in minutes from the release: `share` of the invocations.

        One falls at random into every interval that is to hold one, so that each minute has its due number and a small
        share of the traffic is no noisier than the whole.
        """
        chance = random.Random(seed)  # noqa: S311 - a reproducible trace
        seconds = round((end - start) * MINUTE_S)
        passed, due = 0.0, chance.random()
        for second in range(seconds):
            minute = start + second / MINUTE_S
            expected = self.at(minute) / MINUTE_S * share
            while due < passed + expected:
                yield minute + (due - passed) / expected / MINUTE_S
                due = math.floor(due) + 1 + chance.random()
            passed += expected
