"""Runs handlers in this process, on threads: fast, for tests. One environment serves all functions."""

import asyncio
import importlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Self

from awslambdaric.lambda_runtime_marshaller import to_json

from local.lambda_runtime.environment import Surroundings, function_environment
from local.lambda_runtime.errors import (
    FunctionFailedError,
    LambdaRuntimeError,
    UnknownFunctionError,
    exited,
    failure,
    timed_out,
)
from local.lambda_runtime.invocation import Invocation
from local.lambda_runtime.output import printing_to, restore_output
from local.template import FunctionSpec

_PER_FUNCTION = (
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
)


class ConflictingEnvironmentsError(LambdaRuntimeError):
    """Two functions want different values of one variable: they cannot share a process."""


@dataclass(frozen=True)
class Context:
    """The context object a handler is given; names as Lambda has them."""

    function_name: str
    invoked_function_arn: str
    memory_limit_in_mb: int
    aws_request_id: str
    deadline: float = field(repr=False)
    function_version: str = "$LATEST"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, round((self.deadline - time.monotonic()) * 1000))


class InProcessRuntime:
    """The same invocations as LambdaRuntime. Entered, it owns this process's environment and the task's modules.

    With `logs`, what a function prints goes to a file of its own there, as a worker's output does.
    """

    def __init__(
        self, functions: Iterable[FunctionSpec], around: Surroundings, *, threads: int = 16, logs: Path | None = None
    ) -> None:
        self._specs = list(functions)
        self._by_id = {identity: spec for spec in self._specs for identity in (spec.name, spec.logical_id, *spec.arns)}
        self._environment = _shared_environment(self._specs, around)
        self._logs = logs
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="function")
        self._handlers: dict[str, Callable[[Any, Any], Any]] = {}
        self._saved_environment: dict[str, str] = {}
        self._saved_modules: dict[str, ModuleType] = {}
        self._saved_path: list[str] = []

    async def __aenter__(self) -> Self:
        self._saved_environment, self._saved_path = dict(os.environ), list(sys.path)
        self._saved_modules = self._take_modules()
        os.environ.update(self._environment)
        sys.path[:0] = sorted({str(spec.task_root) for spec in self._specs})
        if self._logs is not None:
            self._logs.mkdir(parents=True, exist_ok=True)
            for spec in self._specs:
                (self._logs / f"{spec.name}.log").write_bytes(b"")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)
        os.environ.clear()
        os.environ.update(self._saved_environment)
        sys.path[:] = self._saved_path
        self._take_modules()
        sys.modules.update(self._saved_modules)
        restore_output()

    async def invoke(
        self, function: str, payload: Any, *, trace_id: str | None = None, report: dict[str, Any] | None = None
    ) -> Any:
        """The function's answer; raises FunctionFailedError. A thread that is timed out runs on unheard.

        `report` is given the `request_id`: nothing starts here.
        """
        spec = self._by_id.get(function)
        if spec is None:
            raise UnknownFunctionError(f"no function {function!r} in the template")
        loop = asyncio.get_running_loop()
        invocation = Invocation(
            json.dumps(payload, ensure_ascii=False).encode(), loop.create_future(), spec.arn, spec.timeout_s
        )
        if report is not None:
            report["request_id"] = invocation.request_id
        work = loop.run_in_executor(self._executor, self._call, spec, invocation)
        try:
            answer = await asyncio.wait_for(asyncio.shield(work), spec.timeout_s)
        except TimeoutError:
            raise timed_out(invocation.request_id, spec.timeout_s) from None
        return json.loads(answer)

    async def warm_up(self, functions: Iterable[str] | None = None) -> None:
        """Import every handler; raises FunctionFailedError."""
        for spec in self._specs if functions is None else [self._by_id[name] for name in functions]:
            self._handler(spec)

    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """No worker is started or counted here."""
        return {}

    def _call(self, spec: FunctionSpec, invocation: Invocation) -> str:
        context = Context(
            function_name=spec.name,
            invoked_function_arn=spec.arn,
            memory_limit_in_mb=spec.memory_mb,
            aws_request_id=invocation.request_id,
            deadline=time.monotonic() + spec.timeout_s,
        )
        try:
            with self._output(spec):
                result = self._handler(spec)(json.loads(invocation.payload), context)
        except FunctionFailedError:
            raise
        except SystemExit as error:
            raise exited(invocation.request_id, error.code if isinstance(error.code, int) else 1) from error
        except Exception as error:
            raise _raised(error, invocation.request_id) from error
        return _marshal(result, invocation.request_id)

    def _output(self, spec: FunctionSpec) -> AbstractContextManager[None]:
        return nullcontext() if self._logs is None else printing_to(self._logs / f"{spec.name}.log")

    def _handler(self, spec: FunctionSpec) -> Callable[[Any, Any], Any]:
        if spec.handler not in self._handlers:
            module, _, name = spec.handler.rpartition(".")
            try:
                self._handlers[spec.handler] = getattr(importlib.import_module(module.replace("/", ".")), name)
            except ImportError as error:
                message = f"Unable to import module '{module}': {error}"
                raise failure({"errorType": "Runtime.ImportModuleError", "errorMessage": message}) from error
            except AttributeError as error:
                message = f"Handler '{name}' missing on module '{module}'"
                raise failure({"errorType": "Runtime.HandlerNotFound", "errorMessage": message}) from error
        return self._handlers[spec.handler]

    def _take_modules(self) -> dict[str, ModuleType]:
        """Remove the tasks' own modules, so that what they cache per process starts afresh."""
        roots = {spec.task_root for spec in self._specs}
        taken = {name: module for name, module in list(sys.modules.items()) if _lies_under(module, roots)}
        for name in taken:
            del sys.modules[name]
        return taken


def _shared_environment(specs: Iterable[FunctionSpec], around: Surroundings) -> dict[str, str]:
    shared: dict[str, str] = {}
    for spec in specs:
        for name, value in function_environment(spec, around).items():
            if name not in _PER_FUNCTION and shared.setdefault(name, value) != value:
                raise ConflictingEnvironmentsError(f"{spec.logical_id} wants {name}={value!r}, others {shared[name]!r}")
    return shared


def _lies_under(module: ModuleType, roots: set[Path]) -> bool:
    places = [getattr(module, "__file__", None), *getattr(module, "__path__", ())]
    return any(root in Path(place).parents for place in places if place for root in roots)


def _raised(error: Exception, request_id: str) -> FunctionFailedError:
    trace = traceback.format_list(traceback.extract_tb(error.__traceback__)[1:])
    document = {"errorMessage": str(error), "errorType": type(error).__name__, "requestId": request_id}
    return failure(document | {"stackTrace": trace})


def _marshal(result: Any, request_id: str) -> str:
    try:
        return str(to_json(result))
    except Exception as error:
        message = f"Unable to marshal response: {error}"
        raise failure(
            {"errorType": "Runtime.MarshalError", "errorMessage": message, "requestId": request_id}
        ) from error
