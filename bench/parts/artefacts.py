"""Each form of the classifier's encoder beside the float original: size, load, first request, speed, accuracy."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from bench.results import Cell, Goal, Result, Say, UnmeasurableError
from bench.samples import percentile
from models.distilbert import NAME as DISTILBERT
from models.distilbert.build import write_float, write_int8
from models.encoders import Vectors, load_encoder
from models.intent.head import KernelHead
from models.intent.recipe import RECIPES
from models.intent.training import fit_head
from models.intent.utterances import Utterance, read_utterances
from models.weights import MINILM_L6, verified

TORCH_PYTHON = Path(".venv-torch/bin/python")
UTTERANCES = Path("data/utterances")
BUILT = Path("build/models/encoders")
RUNS = 200
TIMED = (
    "Has my parcel with the three books shipped yet?",
    "I am looking for something quiet to read on the train, about food or travel, finished, and not too long; "
    "my sister liked the one about bread and would like its box set.",
)
ORIGINAL, SCRIPT, FLOAT, INT8 = "PyTorch", "TorchScript", "ONNX float", "ONNX INT8"
COLUMNS = ("form", "MB", "load s", "first ms", "p50 ms", "p99 ms", "long p50", "right")


@dataclass(frozen=True)
class Form:
    """How the encoder is kept, what reads it, and under which Python."""

    name: str
    loader: str
    file: Path
    python: Path = Path(sys.executable)


@dataclass(frozen=True)
class Measured:
    """What a form's worker measured, and its size."""

    megabytes: float
    answer: Mapping[str, Any]

    def milliseconds(self, text: int) -> list[float]:
        samples: list[float] = self.answer["timed"][text]["ms"]
        return samples


async def measure(say: Say) -> Result:
    train, test = _utterances("train"), _utterances("heldout")
    texts = [utterance.text for utterance in (*train, *test)]
    with TemporaryDirectory() as folder:
        forms = await asyncio.to_thread(_forms, Path(folder), say)
        measured: dict[str, Measured] = {}
        for form in forms:
            say(f"{form.name}: {len(texts)} texts")
            measured[form.name] = await asyncio.to_thread(_measured, form, texts)
    say("accuracy of the English head on each form's vectors")
    others = await asyncio.to_thread(_other_vectors, texts)
    accuracy = {name: _accuracy(_own_vectors(one) | others, train, test) for name, one in measured.items()}
    return _result(measured, accuracy)


def _utterances(part: str) -> list[Utterance]:
    return read_utterances([UTTERANCES / f"{part}.en.jsonl"])


def _forms(folder: Path, say: Say) -> list[Form]:
    say("building the float graph and the INT8 one")
    weights = verified(MINILM_L6) / "model.safetensors"
    for name, write in (("float", write_float), ("int8", write_int8)):
        (folder / name).mkdir()
        write(folder / name)
    forms = [Form(name, "onnx", folder / kept / "model.onnx") for name, kept in ((FLOAT, "float"), (INT8, "int8"))]
    if not TORCH_PYTHON.exists():
        return forms
    script = folder / "model.pt"
    say("tracing the TorchScript form")
    _run([TORCH_PYTHON, "-m", "models.distilbert.torch_model", "--weights", weights, "--out", script])
    return [
        Form(ORIGINAL, "eager", weights, TORCH_PYTHON),
        Form(SCRIPT, "torchscript", script, TORCH_PYTHON),
        *forms,
    ]


def _measured(form: Form, texts: Sequence[str]) -> Measured:
    tokenizer = verified(MINILM_L6) / "tokenizer.json"
    order = {
        "form": form.loader,
        "file": str(form.file),
        "tokenizer": str(tokenizer),
        "timed": TIMED,
        "runs": RUNS,
        "texts": texts,
    }
    done = _run([form.python, "-m", "bench.artefacts.worker"], json.dumps(order))
    return Measured(form.file.stat().st_size / 1e6, json.loads(done))


def _run(command: Sequence[Path | str], given: str | None = None) -> str:
    environment = {**os.environ, "PYTHONPATH": "."}
    done = subprocess.run(command, input=given, capture_output=True, text=True, env=environment, check=False)  # noqa: S603
    if done.returncode:
        raise UnmeasurableError(f"{' '.join(map(str, command))} failed: {done.stderr.strip().splitlines()[-1:]}")
    return done.stdout


def _own_vectors(measured: Measured) -> dict[str, Vectors]:
    return {DISTILBERT: np.asarray(measured.answer["vectors"], dtype=np.float32)}


def _other_vectors(texts: Sequence[str]) -> dict[str, Vectors]:
    """Those of the other encoders that the English head reads."""
    names = {kernel.encoder for kernel in RECIPES["en"].kernels} - {DISTILBERT}
    return {name: load_encoder(name, BUILT).encode(texts) for name in names}


def _accuracy(vectors: Mapping[str, Vectors], train: Sequence[Utterance], test: Sequence[Utterance]) -> float:
    """The shipped English recipe on these vectors, on held-out messages; English alone trains it here."""
    recipe = RECIPES["en"]
    head: KernelHead = fit_head(
        recipe,
        {name: rows[: len(train)] for name, rows in vectors.items()},
        [utterance.label for utterance in train],
        len(train),
    )
    scores = head.scores(recipe.kernels, {name: rows[len(train) :] for name, rows in vectors.items()})
    predicted = [head.labels[row] for row in scores.argmax(axis=1)]
    hits: list[bool] = [label == one.label for label, one in zip(predicted, test, strict=True)]
    return sum(hits) / len(hits)


def _result(measured: Mapping[str, Measured], accuracy: Mapping[str, float]) -> Result:
    rows: list[list[Cell]] = [
        [
            name,
            one.megabytes,
            float(one.answer["load_s"]),
            float(one.answer["first_request_ms"]),
            median(one.milliseconds(0)),
            percentile(one.milliseconds(0), 0.99),
            median(one.milliseconds(1)),
            f"{100 * accuracy[name]:.1f} %",
        ]
        for name, one in measured.items()
    ]
    lengths = [timed["tokens"] for timed in measured[INT8].answer["timed"]]
    notes = [
        f"One thread, messages of {lengths[0]} and {lengths[1]} tokens. PyTorch's float model is the original. Right: "
        "held-out messages, by the English head fitted on each form's own vectors. Neuron (ml.inf2) is compiled on "
        "AWS only and unproven here.",
    ]
    if ORIGINAL not in measured:
        notes.append(f"PyTorch and TorchScript: not measured, {TORCH_PYTHON} is missing (no CPU build of torch).")
    return Result(columns=COLUMNS, rows=rows, goals=_goals(measured, accuracy), notes=notes)


def _goals(measured: Mapping[str, Measured], accuracy: Mapping[str, float]) -> list[Goal]:
    int8 = measured[INT8]
    if ORIGINAL not in measured:
        return []
    original = measured[ORIGINAL]
    speed = median(original.milliseconds(0)) / median(int8.milliseconds(0))
    return [
        Goal("INT8, times smaller than the original", original.megabytes / int8.megabytes, 3.5, "×", at_least=True),
        Goal("INT8, times faster than the original, p50", speed, 2.0, "×", at_least=True),
        Goal("accuracy lost by INT8, points", 100 * (accuracy[ORIGINAL] - accuracy[INT8]), 1.0),
    ]
