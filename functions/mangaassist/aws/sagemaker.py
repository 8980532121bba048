"""The two models behind SageMaker endpoints."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, Field, FiniteFloat, ValidationError

from mangaassist.aws.breakers import call_model
from mangaassist.aws.calls import Dependency
from mangaassist.aws.clients import client
from mangaassist.errors import (
    ClassificationError,
    ClassificationTimeoutError,
    RerankError,
    RerankTimeoutError,
)
from mangaassist.settings import Settings, Target

CLASSIFICATION = Dependency("classifier", ClassificationError, ClassificationTimeoutError)
RERANKING = Dependency("reranker", RerankError, RerankTimeoutError)


class Prediction(BaseModel):
    """The likeliest intent; `score` is its calibrated probability."""

    label: str
    score: Annotated[FiniteFloat, Field(ge=0, le=1)]


class _Predictions(BaseModel):
    predictions: list[Prediction]


class _Scores(BaseModel):
    scores: list[FiniteFloat]


@dataclass(frozen=True)
class Hosted:
    """Where a model is: its endpoint, and the arguments of InvokeEndpoint that pick it among others there."""

    endpoint: str
    target: Target


@dataclass(frozen=True)
class SageMakerModels:
    """Both models, which may share an endpoint."""

    classifier: Hosted
    reranker: Hosted

    @classmethod
    def of(cls, settings: Settings) -> "SageMakerModels":
        return cls(
            Hosted(settings.classifier_endpoint, settings.classifier_target),
            Hosted(settings.reranker_endpoint, settings.reranker_target),
        )

    def classify(self, text: str, *, budget_ms: int, trace_id: str) -> Prediction:
        """The intent of a text.

        Raises ClassificationError, ClassificationTimeoutError.
        """

        def call() -> Prediction:
            return _prediction(_invoke(self.classifier, {"inputs": [text]}, trace_id))

        return call_model(budget_ms, call, CLASSIFICATION, trace_id=trace_id)

    def rerank(self, query: str, passages: Sequence[str], *, budget_ms: int, trace_id: str) -> list[float]:
        """One relevance logit a passage, in the order given.

        Raises RerankError, RerankTimeoutError.
        """
        body = {"query": query, "passages": list(passages)}

        def call() -> list[float]:
            return _scores(_invoke(self.reranker, body, trace_id), len(passages))

        return call_model(budget_ms, call, RERANKING, trace_id=trace_id)


def _invoke(model: Hosted, body: dict[str, Any], trace_id: str) -> bytes:
    response = client("sagemaker-runtime").invoke_endpoint(
        EndpointName=model.endpoint,
        **_traced(model.target, trace_id),
        Body=json.dumps(body, ensure_ascii=False).encode(),
        ContentType="application/json",
        Accept="application/json",
        InferenceId=trace_id,
    )
    content: bytes = response["Body"].read()
    return content


def _traced(target: Target, trace_id: str) -> Target:
    """The model's target, and the trace id where the container sees it: the inference id is for data capture alone."""
    attributes = [target["CustomAttributes"]] if "CustomAttributes" in target else []
    return {**target, "CustomAttributes": ";".join([*attributes, f"trace_id={trace_id}"])}


def _prediction(answer: bytes) -> Prediction:
    try:
        return _Predictions.model_validate_json(answer).predictions[0]
    except (ValidationError, IndexError) as error:
        raise ClassificationError("the classifier's answer holds no prediction") from error


def _scores(answer: bytes, expected: int) -> list[float]:
    try:
        scores = _Scores.model_validate_json(answer).scores
    except ValidationError as error:
        raise RerankError("the reranker's answer holds no scores") from error
    if len(scores) != expected:
        raise RerankError(f"{len(scores)} scores for {expected} passages")
    return scores
