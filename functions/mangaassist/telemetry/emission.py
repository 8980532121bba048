"""Metrics in the Embedded Metric Format, by Powertools: one log line for all values of a family."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mangaassist.telemetry.declared import SERVICE, UNITS, Family
from mangaassist.telemetry.logs import trace_of

if TYPE_CHECKING:
    from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import AmazonCloudWatchEMFProvider


def prepare() -> None:
    """Import Powertools: before a snapshot is taken, or before the budget of a step begins to run."""
    _document()


def emit(
    family: Family, values: Mapping[str, float], dimensions: Mapping[str, str], trace_id: str | None, **properties: Any
) -> None:
    """Print one document. Properties are searchable and, unlike dimensions, make no metric of their own.

    `trace_id` None is that of the turn at hand.
    """
    document = _document()
    for name in family.metrics:
        if name in values:
            document.add_metric(name, UNITS[name], values[name])
    first, *others = ({name: dimensions[name] for name in names} for names in family.dimensions)
    # Powertools adds the service to the first set only.
    for name, text in {**first, SERVICE: document.service}.items():
        document.add_dimension(name, text)
    for some in others:
        document.add_dimensions(**some, **{SERVICE: document.service})
    for name, value in {"trace_id": trace_id or trace_of().get("trace_id"), **properties}.items():
        document.add_metadata(name, value)
    document.flush_metrics()


def _document() -> "AmazonCloudWatchEMFProvider":
    from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import AmazonCloudWatchEMFProvider

    return AmazonCloudWatchEMFProvider()
