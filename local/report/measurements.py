"""The values of a stack's function logs, by metric and dimensions, whole or by window of time."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from local.errors import NothingMeasuredError
from local.metrics import Distribution, FunctionLogs, Sample
from mangaassist.telemetry.declared import NAMESPACE, SERVICE

Key = tuple[str, ...]
Values = Mapping[Key, Distribution]


@dataclass(frozen=True)
class Slice:
    """What a report is about. `minutes` is how far back it looks, None for all; `window` how long its windows are."""

    minutes: float | None = None
    window: float | None = None
    model_name: str | None = None
    intent: str | None = None

    def takes(self, dimensions: Mapping[str, str]) -> bool:
        """Whether a metric is of the model and the intent asked for; one that counts more than those is not."""
        wanted = {"model_name": self.model_name, "intent": self.intent}
        return all(value in (None, dimensions.get(name)) for name, value in wanted.items())


class Measurements:
    """Samples of the functions' own metrics; `log_bytes` is how long the logs are that they stand in."""

    def __init__(self, samples: Iterable[Sample], log_bytes: int = 0) -> None:
        self.samples = tuple(samples)
        self.log_bytes = log_bytes

    @property
    def span(self) -> tuple[float, float]:
        """The first and the last moment, in seconds since the epoch."""
        moments = [sample.timestamp for sample in self.samples]
        return min(moments), max(moments)

    def of(self, slice_: Slice) -> "Measurements":
        """Those of a slice. The latest moment is the last measured one: a stack that has ended is still reported."""
        first = self.span[1] - slice_.minutes * 60 if slice_.minutes is not None else self.span[0]
        chosen = [
            sample
            for sample in self.samples
            if sample.timestamp >= first and slice_.takes(dict(sample.metric.dimensions))
        ]
        return Measurements(chosen, self.log_bytes)

    def by(self, name: str, *dimensions: str) -> Values:
        """The values of a metric in this set of dimensions and no other, by their values in this order."""
        return self._grouped(name, dimensions, lambda _: ())

    def by_window(self, minutes: float, name: str, *dimensions: str) -> Values:
        """The same, and last in each key the start of a window of so many minutes, in seconds since the epoch."""
        seconds = minutes * 60
        return self._grouped(name, dimensions, lambda at: (f"{at // seconds * seconds:.0f}",))

    def all(self, name: str) -> Distribution:
        """The values of a metric over all that it counts together; empty where there are none."""
        return self.by(name).get((), Distribution())

    def _grouped(self, name: str, dimensions: Key, window: Callable[[float], Key]) -> Values:
        found: dict[Key, Distribution] = defaultdict(Distribution)
        for sample in self.samples:
            own = {key: value for key, value in sample.metric.dimensions if key != SERVICE}
            if sample.metric.name == name and own.keys() == set(dimensions):
                found[*(own[dimension] for dimension in dimensions), *window(sample.timestamp)].add(sample.values)
        return dict(sorted(found.items()))


def measured(folder: Path) -> Measurements:
    """What a stack that runs, or the last one that did, has written there; raises NothingMeasuredError."""
    logs = {path.stem: path for path in sorted(folder.glob("*.log"))}
    samples = [sample for sample in FunctionLogs(logs).read(0) if sample.metric.namespace == NAMESPACE]
    if not samples:
        raise NothingMeasuredError(
            f"no metrics in {folder}: start a stack with `make serve` and talk to it, or `make demo`"
        )
    return Measurements(samples, sum(path.stat().st_size for path in logs.values() if _is_of_function(path)))


def _is_of_function(path: Path) -> bool:
    return path.stem.endswith("Function")
