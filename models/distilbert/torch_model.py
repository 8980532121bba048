"""The float original in PyTorch, and TorchScript for endpoints with a GPU. Needs torch and transformers.

    python -m models.distilbert.torch_model --weights model.safetensors --out model.pt

The architecture is transformers' own DistilBertModel, into which every parameter loads by name and nothing is missing.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import torch
from transformers import DistilBertConfig, DistilBertModel

from models.distilbert.architecture import MINILM_L6, read_parameters

_EXAMPLE_TOKENS = 16


class SentenceEncoder(torch.nn.Module):  # type: ignore[misc]  # torch is not there where types are checked
    """int64 [batch, tokens] ids and mask → float32 [batch, dim]: the mean of the last layer, of unit length."""

    def __init__(self, model: DistilBertModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        hidden = self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        kept = attention_mask.unsqueeze(-1).to(hidden.dtype)
        return torch.nn.functional.normalize((hidden * kept).sum(1) / kept.sum(1), dim=1)


def float_original(safetensors: Path) -> SentenceEncoder:
    """The model as it was published, in DistilBERT's architecture; raises where a parameter does not fit."""
    sizes = MINILM_L6
    configuration = DistilBertConfig(
        vocab_size=sizes.vocab_size,
        max_position_embeddings=sizes.max_position_embeddings,
        dim=sizes.dim,
        hidden_dim=sizes.hidden_dim,
        n_layers=sizes.n_layers,
        n_heads=sizes.n_heads,
    )
    model = DistilBertModel(configuration).eval()
    parameters = {name: torch.from_numpy(value.copy()) for name, value in read_parameters(safetensors).items()}
    model.load_state_dict(parameters, strict=True)
    encoder = SentenceEncoder(model)
    encoder.eval()
    return encoder


def example() -> tuple[torch.Tensor, torch.Tensor]:
    """Inputs of the right types and shapes, for tracing; the traced graph takes any length."""
    return torch.ones(1, _EXAMPLE_TOKENS, dtype=torch.int64), torch.ones(1, _EXAMPLE_TOKENS, dtype=torch.int64)


def torchscript(encoder: SentenceEncoder) -> Any:
    """The traced and frozen encoder."""
    with torch.inference_mode():
        return torch.jit.freeze(torch.jit.trace(encoder, example()).eval())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    torchscript(float_original(options.weights)).save(str(options.out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
