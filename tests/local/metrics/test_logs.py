"""The functions' logs are read on from where they were, whatever happens to the files."""

import json
from pathlib import Path
from typing import Any

from local.metrics import FunctionLogs, metric
from local.metrics.logs import LogTail


def document(value: Any) -> str:
    directive = {"Namespace": "Shop", "Dimensions": [[]], "Metrics": [{"Name": "clicks"}]}
    return json.dumps({"_aws": {"Timestamp": 1_700_000_000_000, "CloudWatchMetrics": [directive]}, "clicks": value})


def test_given_a_log_that_grows_when_read_again_then_only_new_whole_lines_are_read(tmp_path: Path) -> None:
    log = tmp_path / "f.log"
    tail = LogTail(log)
    assert list(tail.lines()) == []
    with log.open("a", buffering=1) as file:
        file.write("one\ntw")
        assert list(tail.lines()) == [b"one"]
        file.write("o\n")
    assert list(tail.lines()) == [b"two"]
    assert list(tail.lines()) == []


def test_given_a_log_that_is_begun_anew_when_read_then_it_is_read_from_its_start(tmp_path: Path) -> None:
    log = tmp_path / "f.log"
    tail = LogTail(log)
    log.write_text("a long first line\nrest")
    assert list(tail.lines()) == [b"a long first line"]
    log.write_text("again\n")
    assert list(tail.lines()) == [b"again"]


def test_given_logs_of_two_functions_when_read_then_their_metrics_are_found_and_other_lines_are_not(
    tmp_path: Path,
) -> None:
    logs = FunctionLogs({name: tmp_path / f"{name}.log" for name in ("f", "g", "never-ran")})
    (tmp_path / "f.log").write_text(f'{{"message": "step"}}\n{document(1)}\nno json\n')
    (tmp_path / "g.log").write_text(f"{document([2, 3])}\n\n")
    assert [(sample.metric, sample.values) for sample in logs.read(0)] == [
        (metric("Shop", "clicks"), (1,)),
        (metric("Shop", "clicks"), (2, 3)),
    ]


def test_given_documents_that_are_refused_when_read_then_they_are_counted_by_log_group_as_cloudwatch_does(
    tmp_path: Path,
) -> None:
    logs = FunctionLogs({"/aws/lambda/f": tmp_path / "f.log"})
    (tmp_path / "f.log").write_text(f"{document('many')}\n{document(1)[:-9]}\n{document(1)}\n")
    group = {"LogGroupName": "/aws/lambda/f"}
    assert [(sample.metric, sample.timestamp) for sample in logs.read(1_700_000_060)] == [
        (metric("AWS/Logs", "EMFValidationErrors", group), 1_700_000_060),
        (metric("AWS/Logs", "EMFParsingErrors", group), 1_700_000_060),
        (metric("Shop", "clicks"), 1_700_000_000),
    ]
