"""A metric and what is put into it: plain tuples, for every turn makes a hundred of them."""

from collections.abc import Mapping
from typing import NamedTuple


class Metric(NamedTuple):
    """What CloudWatch tells series apart by: namespace, name and the exact set of dimensions, sorted by name."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()


class Sample(NamedTuple):
    """Values of one moment: `timestamp` in seconds since the epoch."""

    metric: Metric
    timestamp: float
    values: tuple[float, ...]
    unit: str = "None"


def metric(namespace: str, name: str, dimensions: Mapping[str, str] | None = None) -> Metric:
    """A metric, its dimensions in order."""
    return Metric(namespace, name, tuple(sorted((dimensions or {}).items())))
