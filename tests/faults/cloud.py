"""AWS in this process and in its loop's time: every dependency of a turn, failing as the fault board says."""

import json
from asyncio import sleep
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from hashlib import md5
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from urllib3.exceptions import ProtocolError

from local.clock.greenlets import pause, wait_for
from local.standins.botocore_transport import Answer, answered
from local.standins.converse import StreamCutError, converse_events
from local.standins.converse_request import ConverseRequest
from local.standins.dynamodb import DynamoDb
from local.standins.event_stream import CONTENT_TYPE
from local.standins.fault_catalogue import Mode
from local.standins.faults import Fault, FaultBoard
from local.standins.language_model import Ended, TokenCounts
from local.standins.payloads import bent
from local.standins.prompt_reader import read_prompt
from local.standins.shapes import BEDROCK, DYNAMODB, OPENSEARCH, OTHER_JSON_RPC, SAGEMAKER, Failure
from local.standins.tokens import pieces
from local.standins.wording import spoken
from tests.faults import scenes

DIMENSIONS = 512
TOKENS = 8
RESOLVER_GIVES_UP_S = 5.0
# The longest of the read timeouts in tables/clients.toml.
CLIENTS_GIVE_UP_S = 2.5
# What a language model's answer may be bent into; other modes are those of any service.
_OF_THE_STREAM = frozenset({Mode.EMPTY, Mode.MALFORMED, Mode.WRONG_SCHEMA})
_SHAPES: Mapping[str, Mapping[Mode, Failure]] = {
    "classifier": SAGEMAKER,
    "reranker": SAGEMAKER,
    "embedding": BEDROCK,
    "llm": BEDROCK,
    "guardrail": BEDROCK,
    "search": OPENSEARCH,
    "dynamodb": DYNAMODB,
}
_BEDROCK = {"invoke": "embedding", "apply": "guardrail", "converse-stream": "llm"}
_BY_HOST = {
    "search": "search",
    "dynamodb": "dynamodb",
    "events": "events",
    "sqs": "queue",
    "ssm": "parameters",
    "secretsmanager": "secrets",
}
Seconds = Callable[[str], float]


@dataclass
class Speech:
    """What the language model said in one call, and how much of it arrived."""

    said: list[str] = field(default_factory=list)
    stop_reason: str | None = None
    arrived_whole: bool = False

    @property
    def is_whole(self) -> bool:
        return self.arrived_whole and self.stop_reason == "end_turn"

    @property
    def text(self) -> str:
        return "".join(self.said).strip()


@dataclass
class Cloud:
    """Entered, it answers for AWS. `seconds` is how long a dependency takes to answer, the first token included.

    `met` are the faults that calls have met, `speeches` what the language model said, `published` the events taken,
    `queued` the turns to be settled, `embedded` how often an embedding was asked for.
    """

    variables: Mapping[str, str]
    board: FaultBoard
    seconds: Seconds
    store: DynamoDb = field(default_factory=DynamoDb)
    met: list[Fault] = field(default_factory=list)
    speeches: list[Speech] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    queued: list[str] = field(default_factory=list)
    embedded: int = 0
    stand_in: str = "says one text a language"

    def serving(self) -> AbstractContextManager[None]:
        hosts = (*_BY_HOST, "runtime", "bedrock-runtime")
        return answered(dict.fromkeys(hosts, self._respond))

    def forget(self) -> None:
        """Of the last turn; what is stored stays."""
        self.met.clear()
        self.speeches.clear()
        self.published.clear()
        self.queued.clear()
        self.embedded = 0

    def _respond(self, request: AWSPreparedRequest) -> Answer:
        target = self._target(request)
        fault = self.board.take(target, f"{_operation(request)}\n{_text(request.body)}")
        self.embedded += target == "embedding"
        if fault is not None:
            self.met.append(fault)
        if target == "llm":
            return self._converse(request, fault)
        failure = _shown(request, fault)
        if failure is not None:
            return failure
        pause(self.seconds(target))
        answer = self._answer(target, request, fault)
        if fault is None:
            return answer
        return Answer([bent(b"".join(answer.chunks), fault)], answer.status, {"Content-Type": "application/json"})

    def _target(self, request: AWSPreparedRequest) -> str:
        host, path = (urlsplit(request.url).hostname or "").split(".")[0], unquote(urlsplit(request.url).path)
        if host == "bedrock-runtime":
            return _BEDROCK[path.rpartition("/")[2]]
        if host == "runtime":
            return "classifier" if self.variables["CLASSIFIER_ENDPOINT"] in path.split("/") else "reranker"
        return _BY_HOST[host]

    def _answer(self, target: str, request: AWSPreparedRequest, fault: Fault | None) -> Answer:
        if target == "dynamodb":
            operation, body = str(request.headers["X-Amz-Target"], "utf-8"), _text(request.body).encode()
            status, headers, answer = self.store.answer(operation, body)
            return Answer([answer], status, headers)
        return _json(getattr(self, f"_{target}")(request, fault))

    def _classifier(self, request: AWSPreparedRequest, _: Fault | None) -> scenes.Document:
        (message,) = _body(request)["inputs"]
        return {"predictions": [{"label": scenes.scene_of(message).intent, "score": 0.95}]}

    def _reranker(self, request: AWSPreparedRequest, _: Fault | None) -> scenes.Document:
        return {"scores": [-float(place) for place in range(len(_body(request)["passages"]))]}

    def _embedding(self, request: AWSPreparedRequest, _: Fault | None) -> scenes.Document:
        hot = scenes.slot(_body(request)["inputText"])
        return {"embedding": [float(place == hot) for place in range(DIMENSIONS)], "inputTextTokenCount": TOKENS}

    def _guardrail(self, _: AWSPreparedRequest, fault: Fault | None) -> scenes.Document:
        blocks = fault is not None and fault.mode is Mode.BLOCK
        return {"action": "GUARDRAIL_INTERVENED" if blocks else "NONE", "outputs": [], "assessments": []}

    def _search(self, request: AWSPreparedRequest, _: Fault | None) -> scenes.Document:
        if not request.url.endswith("/_msearch"):
            return scenes.series(_body(request)["query"]["match"]["titles"])
        query = json.loads(_text(request.body).splitlines()[1])["query"]["knn"]["embedding"]
        scene = scenes.at_slot(query["vector"].index(1.0))
        return {"responses": [scenes.passages(scene), scenes.known_reply(scene)]}

    def _events(self, request: AWSPreparedRequest, fault: Fault | None) -> scenes.Document:
        entries = _body(request)["Entries"]
        if fault is not None and fault.mode is Mode.PARTIAL:
            return {"FailedEntryCount": len(entries), "Entries": [{"ErrorCode": "InternalFailure"} for _ in entries]}
        self.published += [f"{entry['DetailType']} {json.loads(entry['Detail'])['trace_id']}" for entry in entries]
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "e"} for _ in entries]}

    def _queue(self, request: AWSPreparedRequest, _: Fault | None) -> scenes.Document:
        message = _body(request)["MessageBody"]
        self.queued.append(message)
        return {"MessageId": "m", "MD5OfMessageBody": md5(message.encode(), usedforsecurity=False).hexdigest()}

    def _parameters(self, *_: Any) -> scenes.Document:
        return {"Parameter": {"Value": "normal"}}

    def _secrets(self, *_: Any) -> scenes.Document:
        return {"SecretString": "not much of a secret"}

    def _converse(self, request: AWSPreparedRequest, fault: Fault | None) -> Answer:
        failure = None if fault is not None and fault.mode in _OF_THE_STREAM else _shown(request, fault)
        if failure is not None:
            return failure
        asked = ConverseRequest.model_validate_json(_text(request.body))
        speech = Speech()
        self.speeches.append(speech)
        return Answer(self._streamed(asked, fault, speech), headers={"Content-Type": CONTENT_TYPE})

    def _streamed(self, asked: ConverseRequest, fault: Fault | None, speech: Speech) -> Iterator[bytes]:
        heard = _heard(spoken(self, asked, fault), speech)
        events = converse_events(heard, fault, started=0.0)
        try:
            while True:
                yield wait_for(anext(events))
        except StopAsyncIteration:
            speech.arrived_whole = True
        except StreamCutError as error:
            raise ProtocolError("Connection broken") from error

    async def speak(self, asked: ConverseRequest) -> AsyncIterator[str | Ended]:
        """As a LanguageModel: the first token takes as long as the whole rest."""
        said = pieces(scenes.REPLIES[read_prompt(asked.question).language])
        await sleep(self.seconds("llm"))
        for piece in said:
            yield piece
            await sleep(self.seconds("llm") / len(said))
        yield Ended("end_turn", TokenCounts(900, len(said)))


async def _heard(speech: AsyncIterator[str | Ended], into: Speech) -> AsyncIterator[str | Ended]:
    async for part in speech:
        if isinstance(part, Ended):
            into.stop_reason = part.stop_reason
        else:
            into.said.append(part)
        yield part


def _shown(request: AWSPreparedRequest, fault: Fault | None) -> Answer | None:
    """What of a fault is the same for every service; None when it is to go on."""
    if fault is None:
        return None
    if fault.mode is Mode.DNS_DEAD:
        pause(RESOLVER_GIVES_UP_S)
    if fault.mode in (Mode.REFUSED, Mode.DNS_DEAD):
        raise EndpointConnectionError(endpoint_url=request.url)
    if fault.mode is Mode.HANG:
        pause(CLIENTS_GIVE_UP_S)
        raise ReadTimeoutError(endpoint_url=request.url)
    if fault.mode is Mode.SLOW:
        pause(fault.delay_s)
    failure = _SHAPES.get(fault.target, OTHER_JSON_RPC).get(fault.mode)
    return Answer([failure.payload()], failure.status, failure.headers()) if failure else None


def _operation(request: AWSPreparedRequest) -> str:
    target = request.headers.get("X-Amz-Target")
    return unquote(urlsplit(request.url).path) if target is None else str(target, "utf-8").partition(".")[2]


def _json(document: scenes.Document) -> Answer:
    return Answer([json.dumps(document, ensure_ascii=False).encode()], headers={"Content-Type": "application/json"})


def _body(request: AWSPreparedRequest) -> scenes.Document:
    body: scenes.Document = json.loads(_text(request.body))
    return body


def _text(body: Any) -> str:
    return body if isinstance(body, str) else bytes(body or b"").decode()
