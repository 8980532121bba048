"""The lines of a turn, out of logs in which many turns stand."""

import json
from pathlib import Path
from typing import Any

from local.turn_logs import lines_of

METRIC = {
    "_aws": {"Timestamp": 1_700_000_002_000, "CloudWatchMetrics": []},
    "trace_id": "t-1",
    "function_request_id": "r-1",
    "step": "open_turn",
}
ACCESS = {"trace_id": "t-1", "time": "1700000003000", "status": "200"}
WARNING = {"timestamp": "2023-11-14 22:13:21,500+0000", "trace_id": "t-1", "message": "retrying"}
STARTED = {"time": "2023-11-14T22:13:20.100Z", "type": "platform.start", "record": {"requestId": "r-1"}}
LEFT = {"timestamp": "2023-11-14T22:13:22Z", "level": "ERROR", "errorType": "TableError", "requestId": "r-1"}
OTHERS = [{**METRIC, "trace_id": "t-2", "function_request_id": "r-2"}, {**LEFT, "requestId": "r-2"}]


def write(folder: Path, log: str, *lines: Any) -> None:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    (folder / f"{log}.log").write_text(text + "\n")


def test_given_logs_of_several_turns_when_one_is_looked_up_then_its_lines_come_by_time(tmp_path: Path) -> None:
    write(tmp_path, "open_turn", STARTED, WARNING, METRIC, LEFT, *OTHERS)
    write(tmp_path, "access", ACCESS)
    found = [(one.at, one.log, one.line) for one in lines_of(tmp_path, "t-1")]
    assert found == [
        ("2023-11-14T22:13:20.100Z", "open_turn", STARTED),
        ("2023-11-14T22:13:21.500Z", "open_turn", WARNING),
        ("2023-11-14T22:13:22.000Z", "open_turn", METRIC),
        ("2023-11-14T22:13:22.000Z", "open_turn", LEFT),
        ("2023-11-14T22:13:23.000Z", "access", ACCESS),
    ]


def test_given_a_line_that_two_processes_share_when_looked_up_then_both_of_it_are_found(tmp_path: Path) -> None:
    write(tmp_path, "open_turn", json.dumps(METRIC) + json.dumps(WARNING), "Traceback {")
    assert [one.line for one in lines_of(tmp_path, "t-1")] == [WARNING, METRIC]


def test_given_a_turn_that_no_log_knows_when_looked_up_then_there_is_nothing(tmp_path: Path) -> None:
    write(tmp_path, "open_turn", METRIC)
    assert lines_of(tmp_path, "t-3") == []
