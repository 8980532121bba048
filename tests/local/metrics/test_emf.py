"""The Embedded Metric Format, rule by rule.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
from copy import deepcopy
from typing import Any

import pytest

from local.metrics import EmfParsingError, EmfValidationError, Metric, Sample, metric, samples_of
from local.metrics.emf import documents
from mangaassist.telemetry import record_fallbacks, timed_model

DOCUMENT: dict[str, Any] = {
    "_aws": {
        "Timestamp": 1_700_000_000_500,
        "CloudWatchMetrics": [
            {
                "Namespace": "Shop",
                "Dimensions": [["page"], ["page", "country"]],
                "Metrics": [{"Name": "time", "Unit": "Milliseconds", "StorageResolution": 60}, {"Name": "clicks"}],
            }
        ],
    },
    "page": "cart",
    "country": "JP",
    "time": [12, 14.5],
    "clicks": 3,
    "trace": "t-1",
}


def changed(*path: Any, value: Any) -> dict[str, Any]:
    """The document with one member replaced, or left out where the value is `...`."""
    document = deepcopy(DOCUMENT)
    *above, last = path
    place: Any = document
    for key in above:
        place = place[key]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return document


DIRECTIVE = ("_aws", "CloudWatchMetrics", 0)


def test_given_two_metrics_and_two_sets_of_dimensions_when_read_then_each_metric_is_there_for_each_set() -> None:
    both = (("country", "JP"), ("page", "cart"))
    assert samples_of(DOCUMENT) == [
        Sample(Metric("Shop", "time", (("page", "cart"),)), 1_700_000_000.5, (12, 14.5), "Milliseconds"),
        Sample(Metric("Shop", "time", both), 1_700_000_000.5, (12, 14.5), "Milliseconds"),
        Sample(Metric("Shop", "clicks", (("page", "cart"),)), 1_700_000_000.5, (3,)),
        Sample(Metric("Shop", "clicks", both), 1_700_000_000.5, (3,)),
    ]


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (changed("_aws", "Timestamp", value=...), "Timestamp"),
        (changed("_aws", "Timestamp", value="now"), "Timestamp"),
        (changed(*DIRECTIVE, "Namespace", value=""), "Namespace"),
        (changed(*DIRECTIVE, "Dimensions", value=[]), "Dimensions"),
        (changed(*DIRECTIVE, "Dimensions", value=[["page"] * 31]), "Dimensions"),
        (changed(*DIRECTIVE, "Dimensions", value=[["shop"]]), "shop is declared"),
        (changed(*DIRECTIVE, "Metrics", value=[{"Name": "x"}] * 101), "Metrics"),
        (changed(*DIRECTIVE, "Metrics", 0, "Unit", value="Fortnights"), "no unit"),
        (changed(*DIRECTIVE, "Metrics", 0, "StorageResolution", value=5), "StorageResolution"),
        (changed("time", value=...), "time is declared"),
        (changed("time", value="12"), "valid number"),
        (changed("time", value=True), "valid number"),
        (changed("time", value=[1] * 101), "at most 100"),
        (changed("page", value=7), "valid string"),
        (changed("page", value="x" * 1025), "at most 1024"),
    ],
    ids=lambda value: None if isinstance(value, dict) else value,
)
def test_given_a_document_against_a_rule_when_read_then_it_is_refused_and_says_which(
    document: dict[str, Any], problem: str
) -> None:
    with pytest.raises(EmfValidationError, match=problem):
        samples_of(document)


def test_given_members_that_the_specification_does_not_know_when_read_then_they_are_ignored() -> None:
    assert samples_of(changed(*DIRECTIVE, "Colour", value="red")) == samples_of(DOCUMENT)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (json.dumps(DOCUMENT), [DOCUMENT]),
        (f"2026-11-23T23:00:00Z some-request-id INFO {json.dumps(DOCUMENT)}", [DOCUMENT]),
        (json.dumps(DOCUMENT) * 2, [DOCUMENT, DOCUMENT]),
        ('{"level": "INFO", "message": "step"}' + json.dumps(DOCUMENT), [DOCUMENT]),
        ('{"level": "INFO", "message": "no metric"}', []),
        ("plain text", []),
    ],
)
def test_given_a_log_line_when_searched_then_its_documents_are_found(line: str, expected: list[Any]) -> None:
    assert list(documents(line)) == expected


def test_given_a_line_that_was_cut_off_when_searched_then_it_is_a_parsing_error() -> None:
    with pytest.raises(EmfParsingError):
        list(documents(json.dumps(DOCUMENT)[:-5]))


def test_given_what_the_functions_print_when_read_then_it_is_the_metrics_that_operations_names(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "MangaAssist")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "mangaassist")
    record_fallbacks(["generate_reply"], trace_id="t-1")
    with timed_model("haiku", "t-1", intent="faq"):
        pass
    printed = [document for line in capsys.readouterr().out.splitlines() for document in documents(line)]
    found = {sample.metric: sample.values for document in printed for sample in samples_of(document)}
    of_fallback = {"fallback": "generate_reply", "service": "mangaassist"}
    assert found[metric("MangaAssist", "fallbacks", of_fallback)] == (1.0,)
    of_model = {"model_name": "haiku", "intent": "faq", "service": "mangaassist"}
    assert len(found[metric("MangaAssist", "model_inference_latency_ms", of_model)]) == 1
