"""The adapter of the passage index against answers that a server of our own gives."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from mangaassist.aws.search import PassageIndex
from mangaassist.errors import SearchError

PATIENCE_MS = 20_000
PASSAGE = {"kind": "faq", "title": "Alaska?", "text": "Yes."}
REPLY = {"question": "Alaska?", "reply": "Yes.", "sources": ["shipping-alaska"]}
MISSING = {"status": 404, "error": {"type": "index_not_found_exception"}}
Answer = tuple[int, Any]
Ask = Callable[..., PassageIndex]


def found(*sources: dict[str, Any], score: Any = 0.95) -> dict[str, Any]:
    hits = [
        {"_index": "passages-en-1", "_id": f"hit-{number}", "_score": score, "_source": source}
        for number, source in enumerate(sources)
    ]
    return {"status": 200, "hits": {"hits": hits}}


def both(passages: Any, replies: Any) -> Answer:
    return 200, {"responses": [passages, replies]}


class Scripted:
    """A server that gives its answers one after another."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.server = HTTPServer(("127.0.0.1", 0), self._requests())
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def index(self, *answers: Answer) -> PassageIndex:
        self.answers[:] = answers
        return PassageIndex(f"http://127.0.0.1:{self.server.server_port}", "space")

    def _requests(self) -> type[BaseHTTPRequestHandler]:
        answers = self.answers

        class Requests(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = answers.pop(0)
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        return Requests


@pytest.fixture(scope="module")
def scripted() -> Iterator[Scripted]:
    scripted = Scripted()
    yield scripted
    scripted.server.shutdown()
    scripted.server.server_close()


@pytest.fixture
def answering(scripted: Scripted, aws: Any) -> Ask:
    return scripted.index


def test_the_nearest_passages_and_the_known_reply_come_with_their_cosines(answering: Ask) -> None:
    index = answering(both(found(PASSAGE), found(REPLY, score=0.99)))

    nearest = index.nearest([1.0], "en", budget_ms=PATIENCE_MS, trace_id="t-1")

    assert [passage.id for passage in nearest.passages] == ["hit-0"]
    assert nearest.passages[0].score == pytest.approx(0.9)
    assert nearest.known_reply is not None
    assert nearest.known_reply.similarity == pytest.approx(0.98)
    assert nearest.index == "passages-en-1"


@pytest.mark.parametrize("replies", [MISSING, found({"question": "q"}), {"status": 200}, found()])
def test_passages_are_of_use_without_a_known_reply(answering: Ask, replies: Any) -> None:
    nearest = answering(both(found(PASSAGE), replies)).nearest([1.0], "en", budget_ms=PATIENCE_MS, trace_id="t-1")

    assert (len(nearest.passages), nearest.known_reply) == (1, None)


@pytest.mark.parametrize(
    "answer",
    [
        both(MISSING, found(REPLY)),
        both(found({"kind": "faq", "text": "no title"}), found(REPLY)),
        both(found({**PASSAGE, "text": 5}), found(REPLY)),
        both(found(PASSAGE, score=None), found(REPLY)),
        (200, {"responses": [found(PASSAGE)]}),
        (200, "nonsense"),
        (403, {"error": "forbidden"}),
    ],
)
def test_whatever_is_wrong_with_the_passages_is_a_search_error(answering: Ask, answer: Answer) -> None:
    with pytest.raises(SearchError):
        answering(answer).nearest([1.0], "en", budget_ms=PATIENCE_MS, trace_id="t-1")


def test_a_series_that_is_not_as_it_should_be_is_a_search_error(answering: Ask) -> None:
    with pytest.raises(SearchError):
        answering((200, found({"titles": "One Piece"}))).series_named(
            "one piece", size=5, budget_ms=PATIENCE_MS, trace_id="t-1"
        )


def test_a_failing_server_is_asked_once_more(answering: Ask) -> None:
    index = answering((503, {}), (200, found({"titles": "One Piece", "editions": []})))

    assert index.series_named("one piece", size=5, budget_ms=PATIENCE_MS, trace_id="t-1")[0].titles == "One Piece"


def test_a_server_that_keeps_failing_is_a_search_error(answering: Ask) -> None:
    with pytest.raises(SearchError):
        answering((503, {}), (500, {})).series_named("one piece", size=5, budget_ms=PATIENCE_MS, trace_id="t-1")
