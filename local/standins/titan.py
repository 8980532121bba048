"""The body of InvokeModel for Titan Text Embeddings V2, computed by the local encoders.

Simulated: a local sentence encoder stands in for Titan. Its vector is filled up with zeros to the dimensions asked,
which leaves every cosine as it was, or cut where fewer are asked. Token counts are estimates.
"""

from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from local.standins.tokens import estimated_tokens

Vectors = NDArray[np.float32]


class Encode(Protocol):
    """A sentence encoder: texts to float32 rows of any one width; each text by the model of its script."""

    def __call__(self, texts: Sequence[str], /) -> Vectors: ...


class TitanRequest(BaseModel):
    """What Titan Text Embeddings V2 takes."""

    model_config = ConfigDict(extra="forbid", strict=True)

    input_text: str = Field(alias="inputText", min_length=1, max_length=50_000)
    dimensions: Literal[256, 512, 1024] = 1024
    normalize: bool = True
    embedding_types: list[Literal["float"]] = Field(default=["float"], alias="embeddingTypes", min_length=1)


def fitted(vectors: Vectors, dimensions: int, *, normalize: bool = True) -> Vectors:
    """Rows filled up with zeros or cut to `dimensions`, then of length 1 if asked."""
    rows = np.zeros((len(vectors), dimensions), dtype=np.float32)
    width = min(dimensions, vectors.shape[1])
    rows[:, :width] = vectors[:, :width]
    if not normalize:
        return rows
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    rows /= lengths
    return rows


def embedded(encode: Encode, request: TitanRequest) -> dict[str, object]:
    """Titan's answer."""
    row = fitted(encode([request.input_text]), request.dimensions, normalize=request.normalize)[0].tolist()
    return {
        "embedding": row,
        "embeddingsByType": {"float": row},
        "inputTextTokenCount": estimated_tokens(request.input_text),
    }
