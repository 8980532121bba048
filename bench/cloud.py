"""AWS in this process: each dependency answers what its request asks for, after a fixed time.

    cloud = Cloud(deployment.names)
    with cloud:
        …                               # every boto3 client of this process reaches it, and nothing else

Only the transport is replaced: clients, signatures and parsing are botocore's own. DynamoDB is the store that passes
the adapters' contract tests; the models know what to say from `kinds`.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

from botocore.awsrequest import AWSPreparedRequest

from bench.contents import Body, intent, known_reply, number, one_hot, passages, series
from bench.latencies import seconds
from local.standins.botocore_transport import Answer, Responder, answered, dynamodb_over
from local.standins.dynamodb import DynamoDb
from local.standins.event_stream import CONTENT_TYPE, event

_SEARCH = "search"
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
            return self._unless("classifier", message, {"predictions": [{"label": intent(message), "score": 0.95}]})
        self._wait("reranker")
        return self._unless("reranker", body["query"], {"scores": [-place for place in range(len(body["passages"]))]})

    def _bedrock(self, request: AWSPreparedRequest) -> Answer:
        body, operation = _body(request), unquote(request.url).rpartition("/")[2]
        if operation == "invoke":
            self._wait("embedding")
            return _json({"embedding": one_hot(body["inputText"]), "inputTextTokenCount": 8})
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
        yield _delta(f"Answer to N{number(question)}.")
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
            return _json({"responses": [passages(hot), known_reply(hot)]})
        return _json(series(_body(request)["query"]["match"]["titles"]))

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
