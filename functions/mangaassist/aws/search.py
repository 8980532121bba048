"""The passage index: OpenSearch over signed HTTP.

botocore's own HTTP session and signer serve two request shapes; opensearch-py would add its import to the cold start
of the longest path.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from mangaassist.aws.calls import Dependency, TransientError, call_within
from mangaassist.aws.clients import timeouts_s
from mangaassist.contracts import Edition, KnownReply, Locale, Passage
from mangaassist.errors import SearchError, SearchTimeoutError
from mangaassist.telemetry import logger

SEARCHING = Dependency("search", SearchError, SearchTimeoutError)
CANDIDATES = 10
OPAQUE_ID = "X-Opaque-Id"  # OpenSearch names it in its slow log and its task list
OK = 200
SERVER_ERROR = 500

Model = TypeVar("Model", bound=BaseModel)
Source = TypeVar("Source", bound=BaseModel)


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Hit(_Lenient, Generic[Source]):
    index: str = Field(alias="_index")
    id: str = Field(alias="_id")
    score: FiniteFloat = Field(alias="_score")
    source: Source = Field(alias="_source")

    @property
    def cosine(self) -> float:
        """OpenSearch's score for cosinesimil is (1 + cosine) / 2."""
        return 2 * self.score - 1


class _Hits(_Lenient, Generic[Source]):
    hits: list[_Hit[Source]]


class _Answer(_Lenient, Generic[Source]):
    hits: _Hits[Source]


class _Answers(_Lenient):
    """Of the passages and of the known replies; each with a status of its own, and hits or an error."""

    responses: tuple[dict[str, Any], dict[str, Any]]


class _Passage(_Lenient):
    kind: str
    title: str
    text: str


class _Reply(_Lenient):
    question: str
    reply: str
    sources: list[str]


class SeriesMatch(_Lenient):
    """A series whose titles share words with a text; `titles` holds one a line."""

    titles: str
    editions: list[Edition]


# Named once: pydantic builds a parameterised model anew wherever nobody holds it.
_Passages = _Answer[_Passage]
_Replies = _Answer[_Reply]
_Series = _Answer[SeriesMatch]


@dataclass(frozen=True)
class Nearest:
    """What is nearest to a question, by cosine. `index` is the passages' index by its full, versioned name."""

    passages: list[Passage]
    known_reply: KnownReply | None
    index: str | None


@dataclass(frozen=True)
class PassageIndex:
    """An OpenSearch domain; `space` is the embedding space whose vectors a query may meet."""

    endpoint: str
    space: str

    def nearest(self, vector: Sequence[float], locale: Locale, *, budget_ms: int, trace_id: str) -> Nearest:
        """The passages nearest to a question, and the known reply to the nearest question.

        Passages without a known reply are of use, so that only their own failure is raised.

        Raises SearchError, SearchTimeoutError.
        """
        lines = [
            {"index": f"passages-{locale}"},
            self._nearest_query(vector, CANDIDATES),
            {"index": f"replies-{locale}"},
            self._nearest_query(vector, 1),
        ]
        body = "".join(json.dumps(line) + "\n" for line in lines)
        answers = self._post("/_msearch", body, "application/x-ndjson", budget_ms, trace_id)
        passages, replies = _parsed(_Answers, answers).responses
        hits = _hits(_Passages, passages)
        return Nearest(
            passages=[_passage(hit) for hit in hits],
            known_reply=_known_reply(replies),
            index=hits[0].index if hits else None,
        )

    def series_named(self, text: str, *, size: int, budget_ms: int, trace_id: str) -> list[SeriesMatch]:
        """The series whose titles match a text best, by words.

        Raises SearchError, SearchTimeoutError.
        """
        body = json.dumps({"size": size, "_source": ["titles", "editions"], "query": {"match": {"titles": text}}})
        answer = self._post("/products/_search", body, "application/json", budget_ms, trace_id)
        return [hit.source for hit in _parsed(_Series, answer).hits.hits]

    def _nearest_query(self, vector: Sequence[float], size: int) -> dict[str, Any]:
        knn = {"vector": list(vector), "k": size, "filter": {"term": {"space": self.space}}}
        return {"size": size, "_source": {"excludes": ["embedding"]}, "query": {"knn": {"embedding": knn}}}

    def _post(self, path: str, body: str, content_type: str, budget_ms: int, trace_id: str) -> bytes:
        headers = {"Content-Type": content_type, OPAQUE_ID: trace_id}

        def call() -> bytes:
            response = _session().send(_signed(self.endpoint + path, body.encode(), headers))
            if response.status_code >= SERVER_ERROR:
                raise TransientError(f"OpenSearch answered {response.status_code}")
            if response.status_code != OK:
                raise SearchError(f"OpenSearch answered {response.status_code}")
            content: bytes = response.content
            return content

        return call_within(budget_ms, call, SEARCHING)


def _parsed(model: type[Model], answer: bytes) -> Model:
    try:
        return model.model_validate_json(answer)
    except ValidationError as error:
        raise SearchError("OpenSearch's answer is not a search result") from error


def _hits(model: type[_Answer[Source]], answer: dict[str, Any]) -> list[_Hit[Source]]:
    """The hits of one part of a multi-search."""
    if answer.get("status") != OK:
        raise SearchError(f"OpenSearch answered {answer.get('status')} to a part of a multi-search")
    try:
        return model.model_validate(answer).hits.hits
    except ValidationError as error:
        raise SearchError("a part of OpenSearch's answer is not a search result") from error


def _passage(hit: _Hit[_Passage]) -> Passage:
    source = hit.source
    return Passage(id=hit.id, kind=source.kind, title=source.title, text=source.text, score=hit.cosine)


def _known_reply(answer: dict[str, Any]) -> KnownReply | None:
    try:
        hit = next(iter(_hits(_Replies, answer)), None)
    except SearchError as error:
        logger().warning("no known reply", extra={"reason": str(error)})
        return None
    if hit is None:
        return None
    source = hit.source
    return KnownReply(
        id=hit.id, question=source.question, reply=source.reply, sources=source.sources, similarity=hit.cosine
    )


@cache
def _session() -> Any:
    from botocore.httpsession import URLLib3Session

    return URLLib3Session(timeout=timeouts_s("search"), max_pool_connections=16)


def _signed(url: str, body: bytes, headers: dict[str, str]) -> Any:
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest

    request = AWSRequest(method="POST", url=url, data=body, headers=headers)
    aws = _aws_session()
    SigV4Auth(aws.get_credentials(), "es", aws.get_config_variable("region")).add_auth(request)
    return request.prepare()


@cache
def _aws_session() -> Any:
    from botocore.session import get_session

    return get_session()
