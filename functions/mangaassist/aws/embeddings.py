"""Titan Text Embeddings V2 on Bedrock."""

import itertools
import json
import math
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from mangaassist.aws.breakers import call_model
from mangaassist.aws.calls import Dependency
from mangaassist.aws.clients import client
from mangaassist.errors import EmbeddingError, EmbeddingTimeoutError

METADATA = "requestMetadata"
EMBEDDING = Dependency("embedding", EmbeddingError, EmbeddingTimeoutError)


class _Embedding(BaseModel):
    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    embedding: list[FiniteFloat]
    tokens: int = Field(0, alias="inputTextTokenCount", ge=0)


@dataclass(frozen=True)
class Embedded:
    """A unit vector, and the tokens that were paid for it: those of a second, hedging call included."""

    vector: list[float]
    tokens: int


@dataclass(frozen=True)
class Titan:
    """A model id and the dimensions asked of it: 1024, 512 or 256."""

    model_id: str
    dimensions: int

    def embed(self, text: str, *, budget_ms: int, trace_id: str) -> Embedded:
        """The text's unit vector, of `dimensions` floats.

        Raises EmbeddingError, EmbeddingTimeoutError.
        """
        calls = itertools.count()

        def call() -> _Embedding:
            next(calls)
            return self._checked(self._invoke(text, trace_id))

        answer = call_model(budget_ms, call, EMBEDDING, trace_id=trace_id)
        return Embedded(answer.embedding, answer.tokens * next(calls))

    def _invoke(self, text: str, trace_id: str) -> bytes:
        bedrock = client("bedrock-runtime")
        response = bedrock.invoke_model(
            modelId=self.model_id,
            body=json.dumps({"inputText": text, "dimensions": self.dimensions, "normalize": True}),
            contentType="application/json",
            accept="application/json",
            **_metadata(bedrock, trace_id),
        )
        content: bytes = response["body"].read()
        return content

    def _checked(self, answer: bytes) -> _Embedding:
        try:
            checked = _Embedding.model_validate_json(answer)
        except ValidationError as error:
            raise EmbeddingError("the answer holds no embedding of finite numbers") from error
        vector = checked.embedding
        if len(vector) != self.dimensions or not math.isclose(math.hypot(*vector), 1.0, abs_tol=0.01):
            raise EmbeddingError(f"not a unit vector of {self.dimensions} dimensions")
        return checked


def _metadata(bedrock: Any, trace_id: str) -> dict[str, str]:
    """For Bedrock's invocation log, where the SDK of Lambda's runtime is new enough to send it with InvokeModel."""
    known = bedrock.meta.service_model.operation_model("InvokeModel").input_shape.members
    return {METADATA: json.dumps({"trace_id": trace_id})} if METADATA in known else {}
