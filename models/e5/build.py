"""The encoder as files that can be served: `model.onnx` (INT8), `tokenizer.json`, and of what they were made."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.distilbert.architecture import Sizes
from models.e5 import NAME
from models.e5.packed import Floats, PackedModel
from models.e5.tokenizer import kept_ids, tokenizer
from models.encoders.made import made_once
from models.weights import E5_SMALL, verified

FILE: Final = "e5-small-q4.bin"
_CODE: Final = Path(__file__).parent
# The parts of a layer: DistilBERT's name, and the packed one.
_LINEAR: Final[Mapping[str, str]] = MappingProxyType(
    {
        "attention.q_lin": "q",
        "attention.k_lin": "k",
        "attention.v_lin": "v",
        "attention.out_lin": "ao",
        "ffn.lin1": "fi",
        "ffn.lin2": "fo",
    }
)
_NORM: Final[Mapping[str, str]] = MappingProxyType({"sa_layer_norm": "aln", "output_layer_norm": "oln"})


def build_encoder(folder: Path) -> Path:
    """The encoder's directory `folder`/NAME, made where it is missing or of something else (20 s)."""
    return made_once(folder / NAME, E5_SMALL, [*_CODE.glob("*.py"), *_CODE.parent.glob("distilbert/*.py")], write_int8)


def write_int8(folder: Path) -> None:
    """Write `model.onnx` and `tokenizer.json`."""
    import onnx
    from models.distilbert.graph import encoder_graph
    from models.distilbert.quantization import quantize

    packed = PackedModel(verified(E5_SMALL) / FILE)
    kept = kept_ids(packed.vocabulary)
    sizes = Sizes(
        vocab_size=len(kept),
        max_position_embeddings=packed.max_positions,
        dim=packed.dim,
        hidden_dim=packed.hidden_dim,
        n_layers=packed.n_layers,
        n_heads=packed.n_heads,
        layer_norm_eps=packed.layer_norm_eps,
    )
    with TemporaryDirectory() as floating:
        path = Path(floating) / "model.onnx"
        onnx.save(encoder_graph(_parameters(packed, kept), sizes), path)
        quantize(path, folder / "model.onnx")
    tokenizer(packed.vocabulary, kept).save(str(folder / "tokenizer.json"), pretty=False)


def _parameters(packed: PackedModel, kept: NDArray[np.intp]) -> dict[str, Floats]:
    """The weights under DistilBERT's names. The one row of token types goes into the positions: the same function."""
    dim = packed.dim
    found = {
        "embeddings.word_embeddings.weight": packed.matrix("emb.word", dim)[kept],
        "embeddings.position_embeddings.weight": packed.matrix("emb.pos", dim) + packed.matrix("emb.type", dim)[0],
        "embeddings.LayerNorm.weight": packed.vector("emb.ln.w"),
        "embeddings.LayerNorm.bias": packed.vector("emb.ln.b"),
    }
    for layer in range(packed.n_layers):
        prefix = f"transformer.layer.{layer}"
        for name, short in _LINEAR.items():
            inputs = packed.hidden_dim if short == "fo" else dim
            found[f"{prefix}.{name}.weight"] = packed.matrix(f"l{layer}.{short}.w", inputs)
            found[f"{prefix}.{name}.bias"] = packed.vector(f"l{layer}.{short}.b")
        for name, short in _NORM.items():
            found[f"{prefix}.{name}.weight"] = packed.vector(f"l{layer}.{short}.w")
            found[f"{prefix}.{name}.bias"] = packed.vector(f"l{layer}.{short}.b")
    return found
