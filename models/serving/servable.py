"""A model as the server sees it: a request is split into items, which may share a run with other requests'."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from models.artefacts import ClassifierManifest, read_manifest
from models.errors import InvalidRequestError
from models.intent.classifier import Classifier
from models.rerank import Reranker
from models.serving.batching import Batching, batching_of
from models.serving.contracts import ClassifyRequest, ClassifyResponse, Prediction, RerankRequest, RerankResponse
from models.serving.synthetic import classify_requests, rerank_requests

_Request = TypeVar("_Request", bound=BaseModel)
_MAX_PROBLEMS = 3


class Servable(Protocol):
    """One loaded model. `infer` is called from several threads; the rest from the event loop."""

    name: str
    version: str
    batching: Batching

    def items(self, body: bytes) -> Sequence[Any]:
        """The items of a request; InvalidRequestError says what is wrong with it."""
        ...

    def length(self, item: Any) -> int:
        """Characters of an item, by which runs are put together."""
        ...

    def infer(self, items: Sequence[Any]) -> Sequence[Any]:
        """The results of the items of one run, in order."""
        ...

    def response(self, results: Sequence[Any]) -> BaseModel:
        """The response from the items' results, in order."""
        ...

    def synthetic_requests(self) -> Sequence[bytes]:
        """Request bodies of realistic shapes, for warming up."""
        ...


def load_servable(folder: Path) -> Servable:
    """Load whatever model the directory holds."""
    manifest = read_manifest(folder)
    if isinstance(manifest, ClassifierManifest):
        return ServedClassifier(Classifier.load(folder, manifest), manifest.version)
    return ServedReranker(Reranker.load(folder, manifest), manifest.version)


class ServedClassifier:
    """An item is a text: 5 to 40 ms by length."""

    name = "classifier"

    def __init__(self, classifier: Classifier, version: str) -> None:
        self.batching = batching_of(self.name)
        self._classifier = classifier
        self.version = version

    def items(self, body: bytes) -> Sequence[str]:
        """The texts."""
        return _parsed(ClassifyRequest, body).inputs

    def length(self, item: str) -> int:
        """Characters of the text."""
        return len(item)

    def infer(self, items: Sequence[str]) -> list[Prediction]:
        """Label and scores of each text."""
        return [_prediction(scores) for scores in self._classifier.scores_of(items)]

    def response(self, results: Sequence[Prediction]) -> ClassifyResponse:
        """The predictions."""
        return ClassifyResponse(predictions=list(results))

    def synthetic_requests(self) -> Sequence[bytes]:
        """Messages in both languages, from two words to the longest allowed."""
        return [request.model_dump_json().encode() for request in classify_requests()]


class ServedReranker:
    """An item is a pair of query and passage: 6 to 40 ms by length; a Japanese one seen before, none."""

    name = "reranker"

    def __init__(self, reranker: Reranker, version: str) -> None:
        self.batching = batching_of(self.name)
        self._reranker = reranker
        self.version = version

    def items(self, body: bytes) -> Sequence[tuple[str, str]]:
        """The pairs."""
        request = _parsed(RerankRequest, body)
        return [(request.query, passage) for passage in request.passages]

    def length(self, item: tuple[str, str]) -> int:
        """Characters of both texts."""
        return sum(map(len, item))

    def infer(self, items: Sequence[tuple[str, str]]) -> list[float]:
        """The logit of each pair."""
        return [self._reranker.score(query, [passage])[0] for query, passage in items]

    def response(self, results: Sequence[float]) -> RerankResponse:
        """The logits."""
        return RerankResponse(scores=list(results))

    def synthetic_requests(self) -> Sequence[bytes]:
        """Queries with one passage to ten."""
        return [request.model_dump_json().encode() for request in rerank_requests()]


def _prediction(scores: dict[str, float]) -> Prediction:
    label = max(scores, key=scores.__getitem__)
    return Prediction(label=label, score=scores[label], scores=scores)


def _parsed(model: type[_Request], body: bytes) -> _Request:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        problems = (f"{'.'.join(map(str, p['loc'])) or 'body'}: {p['msg']}" for p in error.errors()[:_MAX_PROBLEMS])
        wanted = ", ".join(f'"{name}"' for name in model.model_fields)
        raise InvalidRequestError(f"{'; '.join(problems)}. Send a JSON object with {wanted}.") from error
