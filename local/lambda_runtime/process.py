"""This process in the place of a function's: its environment, its path and the modules of the functions' own code."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from local.lambda_runtime.environment import Surroundings, function_environment
from local.lambda_runtime.errors import LambdaRuntimeError
from local.template import FunctionSpec

_PER_FUNCTION = (
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
)


class ConflictingEnvironmentsError(LambdaRuntimeError):
    """Two functions want different values of one variable: they cannot share a process."""


@contextmanager
def process_of(specs: Iterable[FunctionSpec], environment: dict[str, str]) -> Iterator[None]:
    """While entered, the process has this environment and imports the functions' code afresh; then all is as before."""
    roots = {spec.task_root for spec in specs}
    saved_environment, saved_path, saved_modules = dict(os.environ), list(sys.path), _take_modules(roots)
    os.environ.update(environment)
    sys.path[:0] = sorted(map(str, roots))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(saved_environment)
        sys.path[:] = saved_path
        _take_modules(roots)
        sys.modules.update(saved_modules)


def shared_environment(specs: Iterable[FunctionSpec], around: Surroundings) -> dict[str, str]:
    shared: dict[str, str] = {}
    for spec in specs:
        for name, value in function_environment(spec, around).items():
            if name not in _PER_FUNCTION and shared.setdefault(name, value) != value:
                raise ConflictingEnvironmentsError(f"{spec.logical_id} wants {name}={value!r}, others {shared[name]!r}")
    return shared


def _take_modules(roots: set[Path]) -> dict[str, ModuleType]:
    """Remove the functions' own modules, so that what they cache per process starts afresh."""
    taken = {name: module for name, module in list(sys.modules.items()) if _lies_under(module, roots)}
    for name in taken:
        del sys.modules[name]
    return taken


def _lies_under(module: ModuleType, roots: set[Path]) -> bool:
    places = [getattr(module, "__file__", None), *getattr(module, "__path__", ())]
    return any(root in Path(place).parents for place in places if place for root in roots)
