"""The fault board, its routes, and its wrapper around a WSGI application."""

import io
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment
from wsgiref.util import setup_testing_defaults

import aiohttp
import pytest
from aiohttp import web

from local.standins.fault_catalogue import TARGETS, Mode, why_not
from local.standins.fault_routes import board_json, fault_routes, parse_fault
from local.standins.faults import Fault, FaultBoard, FaultRefusedError
from local.standins.faulty_wsgi import FaultyWsgi


def healthy(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [])
    return [environ["wsgi.input"].read()]


def call(app: FaultyWsgi, target: str, body: bytes = b"{}") -> tuple[str, bytes]:
    environ: WSGIEnvironment = {
        "HTTP_X_AMZ_TARGET": target,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    setup_testing_defaults(environ)
    statuses: list[str] = []
    payload = b"".join(app(environ, lambda status, *_: statuses.append(status)))  # type: ignore[arg-type]  # no write()
    return statuses[0], payload


def test_given_a_counted_fault_when_threads_take_it_then_exactly_that_many_get_it(board: FaultBoard) -> None:
    board.switch_on(Fault(target="llm", mode=Mode.ERROR, times=50))
    taken: list[Fault | None] = []
    threads = [threading.Thread(target=lambda: taken.extend(board.take("llm") for _ in range(20))) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(fault is not None for fault in taken) == 50
    assert board.faults() == ()


def test_given_a_fault_for_one_call_when_others_are_made_then_they_work(board: FaultBoard) -> None:
    board.switch_on(Fault(target="dynamodb", mode=Mode.ERROR, matching=("PutItem", "sessions")))

    assert board.take("dynamodb", 'GetItem\n{"TableName": "sessions"}') is None
    assert board.take("dynamodb", 'PutItem\n{"TableName": "sessions"}') is not None


@pytest.mark.parametrize(
    ("fault", "names"),
    [
        ({"target": "oracle", "mode": Mode.ERROR}, "target"),
        ({"target": "search", "mode": Mode.STALL}, "mode"),
        ({"target": "llm", "mode": Mode.ERROR, "times": 0}, "times"),
        ({"target": "llm", "mode": Mode.SLOW, "delay_ms": -1}, "delay_ms"),
    ],
)
def test_when_a_fault_makes_no_sense_then_it_is_refused_naming_the_field(fault: dict[str, Any], names: str) -> None:
    with pytest.raises(FaultRefusedError, match=names):
        Fault(**fault)


def test_given_a_failing_write_when_dynamodb_is_called_then_only_it_fails(board: FaultBoard) -> None:
    app = FaultyWsgi(healthy, board)
    board.switch_on(Fault(target="dynamodb", mode=Mode.THROTTLE, matching=("PutItem",)))

    assert call(app, "DynamoDB_20120810.GetItem", b'{"a": 1}') == ("200 OK", b'{"a": 1}')
    status, body = call(app, "DynamoDB_20120810.PutItem")
    assert status == "400 Bad Request"
    assert b"ProvisionedThroughputExceededException" in body


def test_given_a_partial_fault_when_events_are_put_then_each_entry_is_reported_failed(board: FaultBoard) -> None:
    board.switch_on(Fault(target="events", mode=Mode.PARTIAL))

    status, body = call(FaultyWsgi(healthy, board), "AWSEvents.PutEvents", b'{"Entries": [{}, {}]}')

    assert status == "200 OK"
    assert b'"FailedEntryCount": 2' in body


def test_given_a_hang_when_its_target_is_switched_off_then_the_call_goes_on(board: FaultBoard) -> None:
    board.switch_on(Fault(target="dynamodb", mode=Mode.HANG))
    done: list[str] = []
    held = threading.Thread(
        target=lambda: done.append(call(FaultyWsgi(healthy, board), "DynamoDB_20120810.GetItem")[0])
    )
    held.start()
    board.switch_off("dynamodb")
    held.join(timeout=10)

    assert done == ["200 OK"]


async def test_when_faults_are_posted_then_they_are_shown_and_deleted(
    board: FaultBoard, served: Callable[[web.Application], Any]
) -> None:
    app = web.Application()
    app.add_routes(fault_routes(board))
    async with aiohttp.ClientSession(await served(app)) as session:
        async with session.post("/faults", json={"target": "llm", "mode": "stall", "times": 2}) as answer:
            shown = (await answer.json())["faults"]
        async with session.post("/faults", json={"target": "llm", "mode": "sing"}) as answer:
            refusal = (answer.status, (await answer.json())["error"])
        async with session.delete("/faults", params={"target": "llm"}) as answer:
            after = (await answer.json())["faults"]

    assert [(fault["target"], fault["mode"], fault["times"]) for fault in shown] == [("llm", "stall", 2)]
    assert refusal[0] == 400
    assert refusal[1].startswith("mode")
    assert after == []


def test_given_a_flapping_fault_when_time_passes_then_it_comes_and_goes() -> None:
    moments = iter([0.0, 0.0, 0.19, 0.21, 0.39, 0.41])
    board = FaultBoard(lambda: next(moments))
    board.switch_on(Fault(target="llm", mode=Mode.ERROR, flapping_ms=200))

    seen = [board.take("llm") is not None for _ in range(5)]

    assert seen == [True, True, False, False, True]


@pytest.mark.parametrize("target", TARGETS)
def test_given_any_target_and_mode_when_it_does_not_fail_so_then_the_catalogue_says_why(target: str) -> None:
    for mode in Mode:
        assert (why_not(target, mode) is None) == (mode in TARGETS[target])


def test_given_a_fault_of_the_body_when_a_service_answers_then_its_own_answer_is_bent(board: FaultBoard) -> None:
    board.switch_on(Fault(target="queue", mode=Mode.TRUNCATED_JSON))

    assert call(FaultyWsgi(healthy, board), "AmazonSQS.SendMessage", b'{"body": 1}') == ("200 OK", b'{"bod')


def test_given_a_service_that_refuses_when_it_is_called_then_the_connection_is_closed(board: FaultBoard) -> None:
    ours, theirs = socket.socketpair()
    board.switch_on(Fault(target="dynamodb", mode=Mode.REFUSED))
    environ: WSGIEnvironment = {
        "HTTP_X_AMZ_TARGET": "DynamoDB_20120810.GetItem",
        "werkzeug.socket": theirs,
        "wsgi.input": io.BytesIO(),
    }
    setup_testing_defaults(environ)

    with ours, theirs:
        FaultyWsgi(healthy, board)(environ, lambda *_: None)  # type: ignore[arg-type]  # no write()

        assert ours.recv(1) == b""


def test_given_a_fault_that_no_service_can_show_when_it_is_asked_for_then_it_says_where_it_is_shown(
    board: FaultBoard,
) -> None:
    with pytest.raises(FaultRefusedError, match="tests/faults"):
        parse_fault(b'{"target": "llm", "mode": "dns_dead"}')

    assert "dns_dead" not in board_json(board)["targets"]["llm"]  # type: ignore[index]  # JSON
