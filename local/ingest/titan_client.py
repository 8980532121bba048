"""Titan Text Embeddings V2 through Bedrock, as an encoder: for loading a deployed stack's index."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from local.standins.titan import Vectors

AT_ONCE = 8


class TitanEncoder:
    """One InvokeModel call a text, some at once."""

    def __init__(self, bedrock_runtime: Any, model_id: str, dimensions: int) -> None:
        self._client = bedrock_runtime
        self._model_id = model_id
        self._dimensions = dimensions

    def __call__(self, texts: Sequence[str], /) -> Vectors:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return np.array(list(pool.map(self._embed, texts)), dtype=np.float32)

    def _embed(self, text: str) -> list[float]:
        body = json.dumps({"inputText": text, "dimensions": self._dimensions, "normalize": True})
        answer = self._client.invoke_model(modelId=self._model_id, body=body)
        embedding: list[float] = json.loads(answer["body"].read())["embedding"]
        return embedding
