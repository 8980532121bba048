"""Runs handlers in this process, on threads: fast, for tests. One environment serves all functions."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from local.lambda_runtime.calling import Handler, call, handler_of
from local.lambda_runtime.concurrency import ACCOUNT_LIMIT, Concurrency, ceilings
from local.lambda_runtime.environment import Surroundings
from local.lambda_runtime.errors import FunctionFailedError, UnknownFunctionError, throttled, timed_out
from local.lambda_runtime.invocation import Invocation
from local.lambda_runtime.output import printing_to, restore_output
from local.lambda_runtime.pool import Counts
from local.lambda_runtime.process import process_of, shared_environment
from local.lambda_runtime.threads import Threads
from local.template import FunctionSpec


@dataclass
class _Function:
    spec: FunctionSpec
    concurrency: Concurrency
    counts: Counts = field(default_factory=Counts)
    handler: Handler | None = None

    def load(self) -> Handler:
        """Import it, if that has not been done."""
        if self.handler is None:
            self.handler = handler_of(self.spec)
        return self.handler


class InProcessRuntime:
    """The same invocations as LambdaRuntime. Entered, it owns this process's environment and the task's modules.

    Reserved and account concurrency are Lambda's, and each invocation has a thread from its first moment. Not as on
    Lambda: a thread that is timed out runs on unheard, memory has no limit, and _X_AMZN_TRACE_ID is not set.
    With `logs`, what a function prints goes to a file of its own there, as a worker's output does.
    """

    def __init__(
        self,
        functions: Iterable[FunctionSpec],
        around: Surroundings,
        *,
        concurrency: int = ACCOUNT_LIMIT,
        logs: Path | None = None,
    ) -> None:
        specs = list(functions)
        under = ceilings(specs, concurrency)
        self._functions = [_Function(spec, under[spec.name]) for spec in specs]
        self._by_id = {
            identity: function
            for function in self._functions
            for identity in (function.spec.name, function.spec.logical_id, *function.spec.arns)
        }
        self._environment = shared_environment(specs, around)
        self._logs = logs
        self._threads = Threads("function")
        self._undo = ExitStack()

    async def __aenter__(self) -> Self:
        specs = [function.spec for function in self._functions]
        with ExitStack() as undo:
            undo.enter_context(process_of(specs, self._environment))
            undo.callback(restore_output)
            undo.callback(self._threads.close)
            if self._logs is not None:
                self._logs.mkdir(parents=True, exist_ok=True)
                for spec in specs:
                    self._log(spec).write_bytes(b"")
            self._undo = undo.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._undo.close()

    async def invoke(
        self, function: str, payload: Any, *, trace_id: str | None = None, report: dict[str, Any] | None = None
    ) -> Any:
        """The function's answer; raises FunctionFailedError. A caller that is cancelled leaves the function running.

        `report` is filled as by LambdaRuntime; every start is warm.
        """
        invoked = self._find(function)
        loop = asyncio.get_running_loop()
        invocation = Invocation(
            payload=json.dumps(payload, ensure_ascii=False).encode(),
            answer=loop.create_future(),
            function_arn=function if function in invoked.spec.arns else invoked.spec.arn,
            timeout_s=invoked.spec.timeout_s,
            report={} if report is None else report,
            released=invoked.concurrency.give_back,
        )
        if not invoked.concurrency.take():
            invoked.counts.throttles += 1
            raise throttled(invocation.request_id)
        self._begin(invoked, invocation, loop)
        return json.loads(await asyncio.shield(invocation.answer))

    async def warm_up(self, functions: Iterable[str] | None = None) -> None:
        """Import every handler; raises FunctionFailedError."""
        for function in self._functions if functions is None else map(self._find, functions):
            function.load()

    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """What each function has done."""
        return {function.spec.logical_id: asdict(function.counts) for function in self._functions}

    def _find(self, function: str) -> _Function:
        if function not in self._by_id:
            raise UnknownFunctionError(f"no function {function!r} in the template")
        return self._by_id[function]

    def _log(self, spec: FunctionSpec) -> Path:
        assert self._logs is not None, "asked where there are logs"
        return self._logs / f"{spec.name}.log"

    def _begin(self, function: _Function, invocation: Invocation, loop: asyncio.AbstractEventLoop) -> None:
        invocation.begins(cold=False)
        function.counts.warm += 1
        timer = loop.call_later(invocation.timeout_s, self._time_out, function, invocation)
        invocation.answer.add_done_callback(lambda _: timer.cancel())
        self._threads.run(partial(self._serve, function, invocation, loop))

    def _time_out(self, function: _Function, invocation: Invocation) -> None:
        function.counts.timeouts += 1
        self._end(function, invocation, timed_out(invocation.request_id, invocation.timeout_s))

    def _end(self, function: _Function, invocation: Invocation, outcome: bytes | FunctionFailedError) -> None:
        if invocation.answer.done():
            return
        if isinstance(outcome, FunctionFailedError):
            function.counts.errors += 1
            invocation.fail(outcome)
        else:
            invocation.succeed(outcome)

    def _serve(self, function: _Function, invocation: Invocation, loop: asyncio.AbstractEventLoop) -> None:
        """In a thread."""
        outcome: bytes | FunctionFailedError
        try:
            with self._output(function.spec):
                outcome = call(function.load(), function.spec, invocation)
        except FunctionFailedError as error:
            outcome = error
        # The loop may be gone: nobody hears then.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self._end, function, invocation, outcome)

    def _output(self, spec: FunctionSpec) -> AbstractContextManager[None]:
        return nullcontext() if self._logs is None else printing_to(self._log(spec))
