"""The encoder as files that can be served: `model.onnx` (INT8), `tokenizer.json`, and of what they were made."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from models.distilbert import NAME
from models.encoders.made import made_once
from models.weights import MINILM_L6, verified

_CODE = Path(__file__).parent


def build_encoder(folder: Path) -> Path:
    """The encoder's directory `folder`/NAME, made where it is missing or of something else (3 s)."""
    return made_once(folder / NAME, MINILM_L6, _CODE.glob("*.py"), write_int8)


def write_int8(folder: Path) -> None:
    """Write `model.onnx` and `tokenizer.json`."""
    from models.distilbert.quantization import quantize

    with TemporaryDirectory() as floating:
        write_float(Path(floating))
        quantize(Path(floating) / "model.onnx", folder / "model.onnx")
        shutil.copy(Path(floating) / "tokenizer.json", folder)


def write_float(folder: Path) -> None:
    """Write the float `model.onnx`, four times as large, and `tokenizer.json`."""
    import onnx
    from models.distilbert.architecture import MINILM_L6 as SIZES
    from models.distilbert.architecture import read_parameters
    from models.distilbert.graph import encoder_graph

    weights = verified(MINILM_L6)
    onnx.save(encoder_graph(read_parameters(weights / "model.safetensors", SIZES), SIZES), folder / "model.onnx")
    shutil.copy(weights / "tokenizer.json", folder)
