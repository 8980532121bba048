"""AWS in this process: each dependency answers what its request asks for, after a fixed time.

    cloud = Cloud(deployment.names)
    with cloud:
        …                               # every boto3 client of this process reaches it, and nothing else

Only the transport is replaced: clients, signatures and parsing are botocore's own. DynamoDB is the store that passes
the adapters' contract tests; the models know what to say from `kinds`.
"""

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

from botocore.awsrequest import AWSPreparedRequest

from bench.kinds import KINDS, STORIES, kind_of, price, slot, story
from bench.latencies import seconds
from local.standins.botocore_transport import Answer, Responder, answered, dynamodb_over
from local.standins.dynamodb import DynamoDb
from local.standins.event_stream import CONTENT_TYPE, event

DIMENSIONS = 512
PASSAGES = 10
_NUMBER = re.compile(r"N(\d+)")
_SEARCH = "search"
Body = dict[str, Any]
Variables = Mapping[str, str]


class Cloud:
    """Entered, it answers for AWS. `variables` are the names that the functions' environment gives to what they use.

    `slowness` multiplies the times that it takes.
    """

    def __init__(self, variables: Variables) -> None:
        self.slowness = 1.0
        self.store = DynamoDb()
        self.published: Counter[str] = Counter()
        """How often each event was published, by its kind and trace id."""
        self._variables = variables
        self._lock = threading.Lock()
        self._serving: AbstractContextManager[None] = answered(self._responders())

    def __enter__(self) -> Self:
        self._serving.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._serving.__exit__(kind, error, trace)

    def _responders(self) -> Mapping[str, Responder]:
        store = dynamodb_over(self.store)

        def dynamodb(request: AWSPreparedRequest) -> Answer:
            self._wait("dynamodb")
            return store(request)

        return {
            "dynamodb": dynamodb,
            "runtime": self._sagemaker,
            "bedrock-runtime": self._bedrock,
            _SEARCH: self._opensearch,
            "events": self._events,
            "ssm": self._parameter({"Parameter": {"Value": "normal"}}),
            "secretsmanager": self._parameter({"SecretString": "not much of a secret"}),
        }

    def _wait(self, dependency: str) -> None:
        time.sleep(seconds(dependency) * self.slowness)

    def _sagemaker(self, request: AWSPreparedRequest) -> Answer:
        body, endpoint = _body(request), request.url.split("/")[-2]
        if endpoint == self._variables["CLASSIFIER_ENDPOINT"]:
            self._wait("classifier")
            (message,) = body["inputs"]
            return self._unless("classifier", message, {"predictions": [{"label": _intent(message), "score": 0.95}]})
        self._wait("reranker")
        return self._unless("reranker", body["query"], {"scores": [-place for place in range(len(body["passages"]))]})

    def _bedrock(self, request: AWSPreparedRequest) -> Answer:
        body, operation = _body(request), unquote(request.url).rpartition("/")[2]
        if operation == "invoke":
            self._wait("embedding")
            return _json({"embedding": _one_hot(body["inputText"]), "inputTextTokenCount": 8})
        if operation == "apply":
            self._wait("guardrail")
            text = body["content"][0]["text"]["text"]
            return self._unless("guardrail", text, {"action": "NONE", "outputs": [], "assessments": []})
        question = body["messages"][-1]["content"][0]["text"].rpartition("<question>")[2]
        if "[model down]" in question:
            self._wait("first_token")
            return _json({"message": "Too many requests"}, 429, "ThrottlingException")
        return Answer(self._spoken(question), headers={"Content-Type": CONTENT_TYPE})

    def _spoken(self, question: str) -> Iterator[bytes]:
        """The reply as a stream, half of it before the model has thought the rest."""
        self._wait("first_token")
        yield event("messageStart", {"role": "assistant"})
        yield _delta(f"Answer to N{_number(question)}.")
        self._wait("rest_of_reply")
        if "[guardrail down]" in question:
            yield _delta(" [guardrail down]")
        yield event("contentBlockStop", {"contentBlockIndex": 0})
        yield event("messageStop", {"stopReason": "end_turn"})
        usage = {"inputTokens": 900, "outputTokens": 60, "totalTokens": 960}
        yield event("metadata", {"usage": usage, "metrics": {"latencyMs": 400}})

    def _opensearch(self, request: AWSPreparedRequest) -> Answer:
        self._wait("search")
        if request.url.endswith("/_msearch"):
            lines = [json.loads(line) for line in _text(request.body).splitlines()]
            hot = lines[1]["query"]["knn"]["embedding"]["vector"].index(1.0)
            return _json({"responses": [_passages(hot), _known_reply(hot)]})
        return _json(_series(_body(request)["query"]["match"]["titles"]))

    def _events(self, request: AWSPreparedRequest) -> Answer:
        self._wait("events")
        entries = _body(request)["Entries"]
        with self._lock:
            for entry in entries:
                self.published[f"{entry['DetailType']} {json.loads(entry['Detail'])['trace_id']}"] += 1
        return _json({"FailedEntryCount": 0, "Entries": [{"EventId": "e"} for _ in entries]})

    def _parameter(self, answer: Body) -> Responder:
        def respond(_: AWSPreparedRequest) -> Answer:
            self._wait("parameters")
            return _json(answer)

        return respond

    def _unless(self, dependency: str, text: str, answer: Body) -> Answer:
        """The answer, unless the text wants this dependency to be down."""
        if f"[{dependency} down]" in text:
            return _json({"message": "down", "Message": "down"}, 503, "ServiceUnavailableException")
        return _json(answer)


def products() -> Iterator[Body]:
    """The catalogue: one volume of every story."""
    for number in range(STORIES):
        title = f"{story(number)}, Vol. 1"
        yield {
            "product_id": _product_id(story(number)),
            "series_id": story(number),
            "title": {"en": title, "ja": title},
            "volume": 1,
            "kind": "volume",
            "language": "en",
            "price": {"usd": price(number), "jpy": 1400},
            "stock": 50,
            "release_date": "2020-01-07",
        }


def _intent(message: str) -> str:
    return kind_of(message).intent


def _one_hot(message: str) -> list[float]:
    hot = slot(_number(message), known=kind_of(message).known)
    return [float(place == hot) for place in range(DIMENSIONS)]


def _number(text: str) -> int:
    return int(_NUMBER.findall(text)[-1])


def _passages(hot: int) -> Body:
    source = {"kind": "faq", "title": "Question", "text": "Passage. " * 20}
    return _hits([(f"passage-{hot}-{place}", 0.9 - place / 100, source) for place in range(PASSAGES)])


def _known_reply(hot: int) -> Body:
    known = any(slot(hot // 2, known=True) == hot for kind in KINDS if kind.known)
    source = {"question": "Known question?", "reply": f"Known reply {hot}.", "sources": [f"known-{hot}"]}
    return _hits([(f"known-{hot}", 0.99 if known else 0.6, source)])


def _series(text: str) -> Body:
    named = [title for title in map(story, range(STORIES)) if title in text]
    edition = {"volume": 1, "kind": "volume", "language": "en", "release_date": "2020-01-07"}
    found = [(title, {"id": _product_id(title), **edition}) for title in named]
    return _hits([(str(edition["id"]), 5.0, {"titles": title, "editions": [edition]}) for title, edition in found])


def _hits(hits: list[tuple[str, float, Any]]) -> Body:
    found = [{"_index": "index-1", "_id": name, "_score": score, "_source": source} for name, score, source in hits]
    return {"status": 200, "hits": {"hits": found}}


def _product_id(title: str) -> str:
    return f"{title.lower().replace(' ', '-')}-1-en"


def _delta(text: str) -> bytes:
    return event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": text}})


def _json(document: Body, status: int = 200, error: str | None = None) -> Answer:
    headers = {"Content-Type": "application/json", **({"x-amzn-ErrorType": error} if error else {})}
    return Answer([json.dumps(document).encode()], status, headers)


def _body(request: AWSPreparedRequest) -> Body:
    body: Body = json.loads(_text(request.body))
    return body


def _text(body: Any) -> str:
    return body if isinstance(body, str) else bytes(body).decode()
