"""Titan Text Embeddings V2 on Bedrock."""

import json
import math
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, FiniteFloat, ValidationError

from mangaassist.aws.calls import NamedErrors, call_within
from mangaassist.aws.clients import client
from mangaassist.errors import EmbeddingError, EmbeddingTimeoutError

METADATA = "requestMetadata"
EMBEDDING = NamedErrors(EmbeddingError, EmbeddingTimeoutError)


class _Embedding(BaseModel):
    embedding: list[FiniteFloat]


@dataclass(frozen=True)
class Titan:
    """A model id and the dimensions asked of it: 1024, 512 or 256."""

    model_id: str
    dimensions: int

    def embed(self, text: str, *, budget_ms: int, trace_id: str) -> list[float]:
        """The text's unit vector, of `dimensions` floats.

        Raises EmbeddingError, EmbeddingTimeoutError.
        """

        def call() -> bytes:
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

        return self._checked(call_within(budget_ms, call, EMBEDDING))

    def _checked(self, answer: bytes) -> list[float]:
        try:
            vector = _Embedding.model_validate_json(answer).embedding
        except ValidationError as error:
            raise EmbeddingError("the answer holds no embedding of finite numbers") from error
        if len(vector) != self.dimensions or not math.isclose(math.hypot(*vector), 1.0, abs_tol=0.01):
            raise EmbeddingError(f"not a unit vector of {self.dimensions} dimensions")
        return vector


def _metadata(bedrock: Any, trace_id: str) -> dict[str, str]:
    """For Bedrock's invocation log, where the SDK of Lambda's runtime is new enough to send it with InvokeModel."""
    known = bedrock.meta.service_model.operation_model("InvokeModel").input_shape.members
    return {METADATA: json.dumps({"trace_id": trace_id})} if METADATA in known else {}
