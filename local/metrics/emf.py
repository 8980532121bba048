"""The Embedded Metric Format: a JSON log line that says which of its own members are metrics and dimensions.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from local.metrics.errors import EmfParsingError, EmfValidationError
from local.metrics.samples import Sample, metric

MARK = "_aws"
_DECODER = json.JSONDecoder()

_BYTES = ("Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes")
_BITS = ("Bits", "Kilobits", "Megabits", "Gigabits", "Terabits")
_RATES = tuple(f"{unit}/Second" for unit in (*_BYTES, *_BITS, "Count"))
UNITS = frozenset({"Seconds", "Microseconds", "Milliseconds", "Percent", "Count", "None", *_BYTES, *_BITS, *_RATES})

_Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
_VALUES = TypeAdapter[list[float]](Annotated[list[_Number], Field(max_length=100)])
_DIMENSION = TypeAdapter[str](Annotated[str, Field(strict=True, min_length=1, max_length=1024)])
Member = TypeVar("Member")


class _Lenient(BaseModel):
    """Members that the specification does not know must be ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class _Definition(_Lenient):
    name: str = Field(alias="Name", min_length=1, max_length=1024)
    unit: str = Field(alias="Unit", default="None")
    resolution: Literal[1, 60] = Field(alias="StorageResolution", default=60)


class _Directive(_Lenient):
    namespace: str = Field(alias="Namespace", min_length=1, max_length=1024)
    dimensions: list[Annotated[list[Annotated[str, Field(min_length=1, max_length=250)]], Field(max_length=30)]] = (
        Field(alias="Dimensions", min_length=1)
    )
    metrics: list[_Definition] = Field(alias="Metrics", max_length=100)


class _Metadata(_Lenient):
    timestamp_ms: int = Field(alias="Timestamp")
    directives: list[Any] = Field(alias="CloudWatchMetrics")


_METADATA = TypeAdapter(_Metadata)
_DIRECTIVES = TypeAdapter(list[_Directive])


def documents(line: str) -> Iterator[dict[str, Any]]:
    """The documents of a line, whatever stands before or between them; raises EmfParsingError.

    Two processes that print at the same time may share a line.
    """
    return (found for found in objects(line) if MARK in found)


def objects(line: str) -> Iterator[dict[str, Any]]:
    """Every JSON object of a line; raises EmfParsingError at the first that is none."""
    start = line.find("{")
    while start >= 0:
        try:
            found, end = _DECODER.raw_decode(line, start)
        except ValueError as error:
            raise EmfParsingError(f"no JSON from column {start + 1}: {error}") from None
        yield found
        start = line.find("{", end)


def samples_of(document: Mapping[str, Any]) -> list[Sample]:
    """Every value of a document, once for each of its sets of dimensions; raises EmfValidationError."""
    metadata = _checked(MARK, _METADATA, document[MARK])
    directives = _directives(orjson.dumps(metadata.directives))
    return [sample for directive in directives for sample in _of(directive, metadata, document)]


@lru_cache(maxsize=256)
def _directives(text: bytes) -> list[_Directive]:
    """A program prints few kinds of documents, and each of them often."""
    return _checked(f"{MARK}.CloudWatchMetrics", _DIRECTIVES, orjson.loads(text))


def _of(directive: _Directive, metadata: _Metadata, document: Mapping[str, Any]) -> Iterator[Sample]:
    for definition in directive.metrics:
        if definition.unit not in UNITS:
            raise EmfValidationError(f"{definition.name}: no unit is called {definition.unit}")
        target = _member(document, definition.name)
        values = _checked(definition.name, _VALUES, target if isinstance(target, list) else [target])
        for names in directive.dimensions:
            dimensions = {name: _checked(name, _DIMENSION, _member(document, name)) for name in names}
            named = metric(directive.namespace, definition.name, dimensions)
            yield Sample(named, metadata.timestamp_ms / 1000, tuple(values), definition.unit)


def _member(document: Mapping[str, Any], name: str) -> Any:
    if name not in document:
        raise EmfValidationError(f"{name} is declared, but no member is called so")
    return document[name]


def _checked(name: str, adapter: TypeAdapter[Member], value: Any) -> Member:
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(map(str, (name, *problem["loc"])))
        raise EmfValidationError(f"{place}: {problem['msg']}") from None
