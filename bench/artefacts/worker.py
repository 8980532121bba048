"""Measures one form of the encoder, in a process of its own: one JSON document in, one out.

In: {"form", "file", "tokenizer", "texts": [...], "timed": [[short, runs], …]}. May run where only torch is installed.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

MAX_TOKENS = 256
Run = Callable[[Any, Any], Any]
"""int64 [1, tokens] ids and mask → float32 [1, dim]."""


def main() -> int:
    order = json.load(sys.stdin)
    started = time.perf_counter()
    run = _LOADERS[order["form"]](Path(order["file"]))
    loaded = time.perf_counter()
    tokenized = _tokenized(Path(order["tokenizer"]), [*order["timed"], *order["texts"]])
    first, timed = len(order["timed"]), []
    begun = time.perf_counter()
    run(*tokenized[0])
    first_request_ms = (time.perf_counter() - begun) * 1000
    for inputs in tokenized[:first]:
        timed.append({"tokens": int(inputs[0].shape[1]), "ms": [_timed(run, inputs) for _ in range(order["runs"])]})
    vectors = [run(*inputs)[0].tolist() for inputs in tokenized[first:]]
    answer = {"load_s": loaded - started, "first_request_ms": first_request_ms, "timed": timed, "vectors": vectors}
    json.dump(answer, sys.stdout)
    return 0


def _timed(run: Run, inputs: Any) -> float:
    started = time.perf_counter()
    run(*inputs)
    return (time.perf_counter() - started) * 1000


def _tokenized(tokenizer: Path, texts: list[str]) -> list[tuple[Any, Any]]:
    from tokenizers import Tokenizer

    reader = Tokenizer.from_file(str(tokenizer))
    reader.no_padding()
    reader.enable_truncation(MAX_TOKENS)
    encodings = [reader.encode(text) for text in texts]
    return [(np.asarray([one.ids]), np.asarray([one.attention_mask])) for one in encodings]


def _onnx(file: Path) -> Run:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    return lambda ids, mask: session.run(None, {"input_ids": ids, "attention_mask": mask})[0]


def _eager(file: Path) -> Run:
    from models.distilbert.torch_model import float_original

    return _in_torch(float_original(file))


def _scripted(file: Path) -> Run:
    import torch

    return _in_torch(torch.jit.load(str(file)))


def _in_torch(model: Any) -> Run:
    import torch

    torch.set_num_threads(1)

    def run(ids: Any, mask: Any) -> Any:
        with torch.inference_mode():
            return model(torch.from_numpy(ids), torch.from_numpy(mask)).numpy()

    return run


_LOADERS: dict[str, Callable[[Path], Run]] = {"onnx": _onnx, "eager": _eager, "torchscript": _scripted}

if __name__ == "__main__":
    sys.exit(main())
