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
_ENCODERS = _BUILD / "encoders"
# As the bucket of the models has them: their keys are the defaults of template.yaml.
_ARCHIVES = _ROOT / "build" / "bucket" / "models"
_UTTERANCES = _ROOT / "data" / "utterances"
_SAGEMAKER_MODEL = Path("/opt/ml/model")
_KINDS = ("classifier", "reranker")
_HELD_OUT = ("typical", "heldout")


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
    train = commands.add_parser("train", help="train the intent classifier and print its accuracy")
    train.add_argument("--train", type=Path, nargs="+", default=_files("train"), help=".jsonl or .csv: text, intent")
    train.add_argument("--heldout", type=Path, nargs="*", default=_files(*_HELD_OUT), help="the same, to measure with")
    train.add_argument("--out", type=Path, default=_BUILD / "classifier", help="model directory to write")
    train.add_argument("--force", action="store_true", help="train even where nothing has changed")
    commands.add_parser("pack", help="write the archives that the endpoints are deployed from")
    _add_serve(commands.add_parser("serve", help="serve models with SageMaker's container contracts"))
    return parser


def _add_serve(serve: argparse.ArgumentParser) -> None:
    where = serve.add_mutually_exclusive_group()
    where.add_argument("--model", choices=_KINDS, nargs="+", help="models built here; several share the server")
    where.add_argument("--model-dir", type=Path, default=_SAGEMAKER_MODEL, help=f"default {_SAGEMAKER_MODEL}")
    where.add_argument(
        "--multi-model",
        action="store_true",
        default=os.environ.get("SAGEMAKER_MULTI_MODEL") == "true",
        help="start empty and load what POST /models names; default: where SAGEMAKER_MULTI_MODEL is true",
    )
    serve.add_argument("--host", default="0.0.0.0", help="address to listen on")  # noqa: S104 - a container's port is mapped
    serve.add_argument("--port", type=int, help="default: SAGEMAKER_BIND_TO_PORT, else 8080")
    serve.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="inference threads; default: the CPUs")
    serve.add_argument(
        "--memory-mb", type=int, help="most MiB to hold; default: MODEL_MEMORY_MB, else 4/5 of the memory"
    )
    serve.add_argument(
        "--when-full",
        choices=("refuse", "evict"),
        default="refuse",
        help="a load that does not fit answers 507, as SageMaker wants it, or unloads what was used longest ago",
    )
    serve.add_argument("--no-warm-up", dest="warm", action="store_false", help="only to measure what warming up saves")


def _files(*parts: str) -> list[Path]:
    return [_UTTERANCES / f"{part}.{language}.jsonl" for part in parts for language in ("en", "ja")]


def _prepare(_: argparse.Namespace) -> int:
    from models.intent.build import build_classifier
    from models.rerank.build import build_reranker
    from models.weights import ALL, verified

    for package in ALL:
        verified(package)
        print(f"weights     {package.name}: sha256 ok")
    build = build_classifier(_files("train"), _files(*_HELD_OUT), _BUILD / "classifier", built=_ENCODERS)
    manifest = build.manifest
    accuracy = ", ".join(
        f"{name} {language} {part.accuracy:.3f}"
        for name, parts in manifest.measured.items()
        for language, part in parts.items()
    )
    print(f"classifier  {manifest.version} {'trained' if build.fresh else 'unchanged'}; accuracy {accuracy}")
    reranker = build_reranker(_BUILD / "reranker", _ENCODERS)
    print(f"reranker    {reranker.version}; {', '.join(f'{key} {name}' for key, name in reranker.weights.items())}")
    return 0


def _train(options: argparse.Namespace) -> int:
    from models.intent.build import build_classifier
    from models.intent.evaluation import table

    build = build_classifier(options.train, options.heldout, options.out, built=_ENCODERS, force=options.force)
    print(table(build.manifest.measured))
    print(f"version {build.manifest.version} in {options.out}" + ("" if build.fresh else " (nothing had changed)"))
    return 0


def _pack(options: argparse.Namespace) -> int:
    from models.packing import pack

    _prepare(options)
    folders = {kind: _BUILD / kind for kind in _KINDS}
    archives = {**{kind: {"": folder} for kind, folder in folders.items()}, "shared": folders}
    for name, content in archives.items():
        archive = _ARCHIVES / name / "model.tar.gz"
        print(f"packed      {pack(content, archive) / 1e6:.1f} MB in {archive}")
    return 0


def _serve(options: argparse.Namespace) -> int:
    from models.artefacts import models_in
    from models.serving.app import Serving
    from models.serving.memory import MEBIBYTE, bound_from
    from models.serving.registry import Policy
    from models.serving.server import serve

    multi_model = options.multi_model and not options.model
    folders = {} if multi_model else _chosen(options.model) or models_in(options.model_dir)
    bound = options.memory_mb * MEBIBYTE if options.memory_mb else bound_from(os.environ)
    policy = Policy(bound=bound, when_full=options.when_full, warm=options.warm)
    serving = Serving(policy=policy, workers=options.workers, folders=folders, multi_model=multi_model)
    port = options.port if options.port is not None else int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080"))
    return serve(serving, host=options.host, port=port)


def _chosen(models: Sequence[str] | None) -> dict[str, Path]:
    return {model: _BUILD / model for model in models or ()}


_COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = MappingProxyType(
    {"prepare": _prepare, "train": _train, "pack": _pack, "serve": _serve}
)
