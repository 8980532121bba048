"""The commands of this package."""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from models.errors import ModelsError

_ROOT = Path(__file__).resolve().parent.parent
_BUILD = _ROOT / "build" / "models"
_UTTERANCES = _ROOT / "data" / "utterances"
_SAGEMAKER_MODEL = Path("/opt/ml/model")
_KINDS = ("classifier", "reranker")


def main(arguments: Sequence[str]) -> int:
    """Run a command; its exit code."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        return _COMMANDS[options.command](options)
    except ModelsError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m models", description="Train, check and serve the models.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("prepare", help="check the weights and train what has changed")
    train = commands.add_parser("train", help="train the intent classifier and print its held-out accuracy")
    train.add_argument("--train", type=Path, nargs="+", default=_files("train"), help=".jsonl or .csv: text, intent")
    train.add_argument("--heldout", type=Path, nargs="*", default=_files("heldout"), help="the same, to measure with")
    train.add_argument("--out", type=Path, default=_BUILD / "classifier", help="model directory to write")
    train.add_argument("--force", action="store_true", help="train even where nothing has changed")
    serve = commands.add_parser("serve", help="serve a model directory with SageMaker's container contract")
    where = serve.add_mutually_exclusive_group()
    where.add_argument("--model", choices=_KINDS, help="one of the models built here")
    where.add_argument("--model-dir", type=Path, default=_SAGEMAKER_MODEL, help=f"default {_SAGEMAKER_MODEL}")
    serve.add_argument("--host", default="0.0.0.0", help="address to listen on")  # noqa: S104 - a container's port is mapped
    serve.add_argument("--port", type=int, help="default: SAGEMAKER_BIND_TO_PORT, else 8080")
    serve.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="inference threads; default: the CPUs")
    return parser


def _files(part: str) -> list[Path]:
    return [_UTTERANCES / f"{part}.{language}.jsonl" for language in ("en", "ja")]


def _prepare(_: argparse.Namespace) -> int:
    from models.intent.build import build_classifier
    from models.rerank.build import build_reranker
    from models.weights import ALL, verified

    for package in ALL:
        verified(package)
        print(f"weights     {package.name}: sha256 ok")
    build = build_classifier(_files("train"), _files("heldout"), _BUILD / "classifier")
    manifest = build.manifest
    accuracy = ", ".join(f"{name} {part.accuracy:.3f} of {part.utterances}" for name, part in manifest.held_out.items())
    print(f"classifier  {manifest.version} {'trained' if build.fresh else 'unchanged'}; held-out accuracy {accuracy}")
    print(f"reranker    {build_reranker(_BUILD / 'reranker').version} (English cross-encoder)")
    return 0


def _train(options: argparse.Namespace) -> int:
    from models.intent.build import build_classifier
    from models.intent.evaluation import table

    build = build_classifier(options.train, options.heldout, options.out, force=options.force)
    print(table(build.manifest.held_out))
    print(f"version {build.manifest.version} in {options.out}" + ("" if build.fresh else " (nothing had changed)"))
    return 0


def _serve(options: argparse.Namespace) -> int:
    from models.serving.server import serve

    folder = _BUILD / options.model if options.model else options.model_dir
    port = options.port if options.port is not None else int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080"))
    return serve(folder, host=options.host, port=port, workers=options.workers)


_COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = MappingProxyType(
    {"prepare": _prepare, "train": _train, "serve": _serve}
)
