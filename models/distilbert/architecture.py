"""DistilBERT's sizes and parameters, filled with weights that were published for BERT."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.errors import WeightsChangedError

Parameters = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Sizes:
    """Sizes as DistilBERT's configuration names them."""

    vocab_size: int = 30_522
    max_position_embeddings: int = 512
    dim: int = 384
    hidden_dim: int = 1_536
    n_layers: int = 6
    n_heads: int = 12
    layer_norm_eps: float = 1e-12

    @property
    def head_dim(self) -> int:
        """Width of one attention head."""
        return self.dim // self.n_heads


MINILM_L6 = Sizes()

_LAYER = {
    "attention.q_lin": "attention.self.query",
    "attention.k_lin": "attention.self.key",
    "attention.v_lin": "attention.self.value",
    "attention.out_lin": "attention.output.dense",
    "sa_layer_norm": "attention.output.LayerNorm",
    "ffn.lin1": "intermediate.dense",
    "ffn.lin2": "output.dense",
    "output_layer_norm": "output.LayerNorm",
}


def read_parameters(safetensors: Path, sizes: Sizes = MINILM_L6) -> dict[str, NDArray[np.float32]]:
    """BERT's published weights under DistilBERT's names; raises WeightsChangedError where one is missing.

    DistilBERT has no token types. With one segment, BERT adds the same row to every position, so that row goes into
    the position embeddings, and the two models are the same function.
    """
    from safetensors.numpy import load_file

    bert = load_file(safetensors)
    try:
        return _renamed(bert, sizes)
    except KeyError as missing:
        raise WeightsChangedError(f"{safetensors} has no parameter {missing}: it is not the model expected") from None


def _renamed(bert: Mapping[str, NDArray[np.float32]], sizes: Sizes) -> dict[str, NDArray[np.float32]]:
    segment = bert["embeddings.token_type_embeddings.weight"][0]
    parameters = {
        "embeddings.word_embeddings.weight": bert["embeddings.word_embeddings.weight"],
        "embeddings.position_embeddings.weight": bert["embeddings.position_embeddings.weight"] + segment,
        "embeddings.LayerNorm.weight": bert["embeddings.LayerNorm.weight"],
        "embeddings.LayerNorm.bias": bert["embeddings.LayerNorm.bias"],
    }
    for layer in range(sizes.n_layers):
        for name, published in _LAYER.items():
            for part in ("weight", "bias"):
                key = f"transformer.layer.{layer}.{name}.{part}"
                parameters[key] = bert[f"encoder.layer.{layer}.{published}.{part}"]
    return parameters
