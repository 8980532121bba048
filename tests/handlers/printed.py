"""What functions have printed: the metrics in it, and the documents as they stand in the log."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from local.metrics import samples_of
from mangaassist.telemetry.declared import SERVICE

DEPLOYED = {"POWERTOOLS_METRICS_NAMESPACE": "MangaAssist", "POWERTOOLS_SERVICE_NAME": "mangaassist"}


def documents(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The metric documents, in order."""
    return [line for text in capsys.readouterr().out.splitlines() if "_aws" in (line := json.loads(text))]


def values(printed: list[dict[str, Any]]) -> dict[tuple[str, frozenset[tuple[str, str]]], tuple[float, ...]]:
    """Values by metric name and dimensions, the service aside."""
    return {
        (sample.metric.name, of(dict(sample.metric.dimensions))): sample.values
        for document in printed
        for sample in samples_of(document)
    }


def of(dimensions: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset((name, value) for name, value in dimensions.items() if name != SERVICE)
