"""The values of one period, kept so that every statistic of CloudWatch can be had of them in bounded memory."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Self

# Percentiles are had of values rounded to so many digits: what is distinct stays few, the error under 0.05 %.
DIGITS = 4
_EXACT = 10**DIGITS
_PERCENTILE = re.compile(r"p(100|\d{1,2}(\.\d{1,10})?)")


class Distribution:
    """Sum, count, least and greatest are exact."""

    __slots__ = ("_rounded", "count", "maximum", "minimum", "total")

    def __init__(self, values: Iterable[float] = ()) -> None:
        self.count = 0
        self.total = 0.0
        self.minimum = math.inf
        self.maximum = -math.inf
        self._rounded: Counter[float] = Counter()
        self.add(values)

    def add(self, values: Iterable[float]) -> None:
        for value in values:
            self.count += 1
            self.total += value
            self.minimum = min(self.minimum, value)
            self.maximum = max(self.maximum, value)
            self._rounded[_rounded(value)] += 1

    @classmethod
    def of(cls, parts: Iterable["Distribution"]) -> Self:
        """Everything that the parts hold."""
        whole = cls()
        for part in parts:
            whole.count += part.count
            whole.total += part.total
            whole.minimum = min(whole.minimum, part.minimum)
            whole.maximum = max(whole.maximum, part.maximum)
            whole._rounded.update(part._rounded)
        return whole

    def statistic(self, name: str) -> float:
        """Sum, SampleCount, Average, Minimum, Maximum or a percentile such as p99.9; raises KeyError for another."""
        if name in _STATISTICS:
            return _STATISTICS[name](self)
        if not is_percentile(name):
            raise KeyError(name)
        return self._percentile(float(name[1:]))

    def _percentile(self, percent: float) -> float:
        """The least value that so many percent of all values do not exceed (nearest rank)."""
        rank = max(1, math.ceil(self.count * percent / 100))
        passed = 0
        for value in sorted(self._rounded):
            passed += self._rounded[value]
            if passed >= rank:
                break
        return min(max(value, self.minimum), self.maximum)


_STATISTICS: Mapping[str, Callable[[Distribution], float]] = {
    "Sum": lambda values: values.total,
    "SampleCount": lambda values: float(values.count),
    "Average": lambda values: values.total / values.count,
    "Minimum": lambda values: values.minimum,
    "Maximum": lambda values: values.maximum,
}
STATISTICS = frozenset(_STATISTICS)


def _rounded(value: float) -> float:
    """Small whole numbers, which most are, need no rounding."""
    return value if 0 <= value < _EXACT and value % 1 == 0 else float(f"{value:.{DIGITS}g}")


def is_percentile(name: str) -> bool:
    """Whether it names a percentile: p0 to p100, with up to ten decimals."""
    return _PERCENTILE.fullmatch(name) is not None
