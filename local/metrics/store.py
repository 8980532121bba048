"""Metrics in memory: by minute, for as long as an alarm may look back, and only so many of them."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from local.metrics.distribution import Distribution
from local.metrics.samples import Metric, Sample

RESOLUTION_S = 60
RETENTION_S = 3_600
SERIES_KEPT = 5_000


@dataclass
class _Series:
    unit: str
    minutes: dict[int, Distribution] = field(default_factory=dict)


class MetricStore:
    """Whatever is older than `retention_s` before the newest value of its metric is forgotten.

    So is the metric that has been silent longest, beyond `kept` metrics.
    """

    def __init__(self, retention_s: int = RETENTION_S, kept: int = SERIES_KEPT) -> None:
        self._retention_s = retention_s
        self._kept = kept
        self._series: OrderedDict[Metric, _Series] = OrderedDict()

    def put(self, samples: Iterable[Sample]) -> None:
        for sample in samples:
            series = self._series.get(sample.metric)
            if series is None:
                series = self._series[sample.metric] = _Series(sample.unit)
            self._series.move_to_end(sample.metric)
            minute = int(sample.timestamp // RESOLUTION_S) * RESOLUTION_S
            values = series.minutes.get(minute)
            if values is None:
                values = series.minutes[minute] = Distribution()
                self._forget(series)
            values.add(sample.values)
        while len(self._series) > self._kept:
            self._series.popitem(last=False)

    def between(self, metric: Metric, start: float, end: float) -> Distribution | None:
        """What was put in from `start` until before `end`, both on a minute; None where nothing was."""
        series = self._series.get(metric)
        if series is None:
            return None
        found = [values for minute, values in series.minutes.items() if start <= minute < end]
        if len(found) == 1:
            return found[0]
        return Distribution.of(found) if found else None

    def __iter__(self) -> Iterator[tuple[Metric, str, Distribution]]:
        """Every metric, its unit and all it holds."""
        for metric, series in self._series.items():
            yield metric, series.unit, Distribution.of(series.minutes.values())

    def _forget(self, series: _Series) -> None:
        oldest = max(series.minutes) - self._retention_s
        for minute in [minute for minute in series.minutes if minute < oldest]:
            del series.minutes[minute]
