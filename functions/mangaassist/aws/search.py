"""The passage index: OpenSearch over signed HTTP.

botocore's own HTTP session and signer serve two request shapes; opensearch-py would add its import to the cold start
of the longest path.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from mangaassist.aws.calls import NamedErrors, call_within
from mangaassist.aws.clients import CONNECT_TIMEOUT_S, READ_TIMEOUT_S
from mangaassist.contracts import Edition, KnownReply, Locale, Passage
from mangaassist.errors import SearchError, SearchTimeoutError

SEARCHING = NamedErrors(SearchError, SearchTimeoutError)
CANDIDATES = 10
OK = 200

Model = TypeVar("Model", bound=BaseModel)


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Hit(_Lenient):
    id: str = Field(alias="_id")
    score: FiniteFloat = Field(alias="_score")
    source: dict[str, Any] = Field(alias="_source")


class _Hits(_Lenient):
    hits: list[_Hit]


class _Answer(_Lenient):
    hits: _Hits


class _Answers(_Lenient):
    responses: list[_Answer]


class SeriesMatch(_Lenient):
    """A series whose titles share words with a text; `titles` holds one a line."""

    titles: str
    editions: list[Edition]


@dataclass(frozen=True)
class PassageIndex:
    """An OpenSearch domain; `space` is the embedding space whose vectors a query may meet."""

    endpoint: str
    space: str

    def nearest(
        self, vector: Sequence[float], locale: Locale, *, budget_ms: int
    ) -> tuple[list[Passage], KnownReply | None]:
        """The passages nearest to a question and the known reply to the nearest question, by cosine.

        Raises SearchError, SearchTimeoutError.
        """
        lines = [
            {"index": f"passages-{locale}"},
            self._nearest_query(vector, CANDIDATES),
            {"index": f"replies-{locale}"},
            self._nearest_query(vector, 1),
        ]
        body = "".join(json.dumps(line) + "\n" for line in lines)
        answers = self._post("/_msearch", body, "application/x-ndjson", budget_ms)
        passages, replies = self._parsed(_Answers, answers).responses
        return _passages(passages.hits.hits), _known_reply(replies.hits.hits)

    def series_named(self, text: str, *, size: int, budget_ms: int) -> list[SeriesMatch]:
        """The series whose titles match a text best, by words.

        Raises SearchError, SearchTimeoutError.
        """
        body = json.dumps({"size": size, "_source": ["titles", "editions"], "query": {"match": {"titles": text}}})
        answer = self._post("/products/_search", body, "application/json", budget_ms)
        return [SeriesMatch.model_validate(hit.source) for hit in self._parsed(_Answer, answer).hits.hits]

    def _nearest_query(self, vector: Sequence[float], size: int) -> dict[str, Any]:
        knn = {"vector": list(vector), "k": size, "filter": {"term": {"space": self.space}}}
        return {"size": size, "_source": {"excludes": ["embedding"]}, "query": {"knn": {"embedding": knn}}}

    def _post(self, path: str, body: str, content_type: str, budget_ms: int) -> bytes:
        def call() -> bytes:
            response = _session().send(_signed(self.endpoint + path, body.encode(), content_type))
            if response.status_code != OK:
                raise SearchError(f"OpenSearch answered {response.status_code}")
            content: bytes = response.content
            return content

        return call_within(budget_ms, call, SEARCHING)

    @staticmethod
    def _parsed(model: type[Model], answer: bytes) -> Model:
        try:
            return model.model_validate_json(answer)
        except ValidationError as error:
            raise SearchError("OpenSearch's answer is not a search result") from error


def _passages(hits: Sequence[_Hit]) -> list[Passage]:
    return [
        Passage(
            id=hit.id,
            kind=hit.source["kind"],
            title=hit.source["title"],
            text=hit.source["text"],
            score=_cosine(hit),
        )
        for hit in hits
    ]


def _known_reply(hits: Sequence[_Hit]) -> KnownReply | None:
    if not hits:
        return None
    source = hits[0].source
    return KnownReply(
        id=hits[0].id,
        question=source["question"],
        reply=source["reply"],
        sources=source["sources"],
        similarity=_cosine(hits[0]),
    )


def _cosine(hit: _Hit) -> float:
    """OpenSearch's score for cosinesimil is (1 + cosine) / 2."""
    return 2 * hit.score - 1


@cache
def _session() -> Any:
    from botocore.httpsession import URLLib3Session

    return URLLib3Session(timeout=(CONNECT_TIMEOUT_S, READ_TIMEOUT_S), max_pool_connections=16)


def _signed(url: str, body: bytes, content_type: str) -> Any:
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest

    request = AWSRequest(method="POST", url=url, data=body, headers={"Content-Type": content_type})
    aws = _aws_session()
    SigV4Auth(aws.get_credentials(), "es", aws.get_config_variable("region")).add_auth(request)
    return request.prepare()


@cache
def _aws_session() -> Any:
    from botocore.session import get_session

    return get_session()
