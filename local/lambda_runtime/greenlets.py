"""Runs handlers in the event loop's own time, virtual or not: each in a greenlet of this thread."""

import asyncio
import json
import os
from collections.abc import Callable, Iterable
from contextlib import ExitStack, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from local.clock.greenlets import LoopHost, in_greenlet
from local.clock.virtual import VirtualClock
from local.lambda_runtime.calling import Handler, call, handler_of
from local.lambda_runtime.environment import Surroundings
from local.lambda_runtime.errors import UnknownFunctionError, timed_out
from local.lambda_runtime.invocation import Invocation
from local.lambda_runtime.process import process_of, shared_environment
from local.template import FunctionSpec


@dataclass
class _Function:
    spec: FunctionSpec
    handler: Handler


class GreenletRuntime:
    """The same invocations as InProcessRuntime, for functions that wait through `mangaassist.host` alone.

    `overhead(function's name)` says how many seconds pass before a handler begins. What handlers print goes nowhere.
    """

    def __init__(
        self,
        functions: Iterable[FunctionSpec],
        around: Surroundings,
        overhead: Callable[[str], float],
        clock: VirtualClock,
    ) -> None:
        self._specs = list(functions)
        self._environment = shared_environment(self._specs, around)
        self._overhead = overhead
        self._host = LoopHost(clock)
        self._functions: dict[str, _Function] = {}
        self._undo = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            undo.enter_context(process_of(self._specs, self._environment))
            undo.enter_context(redirect_stdout(undo.enter_context(Path(os.devnull).open("w"))))
            # Imported now, as the functions' own: they have modules of their own here.
            from mangaassist.host import hosted_by

            undo.enter_context(hosted_by(self._host))
            for spec in self._specs:
                function = _Function(spec, handler_of(spec))
                self._functions |= dict.fromkeys((spec.name, spec.logical_id, *spec.arns), function)
            self._undo = undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._undo.close()

    async def invoke(
        self, function: str, payload: Any, *, trace_id: str | None = None, report: dict[str, Any] | None = None
    ) -> Any:
        """The function's answer; raises FunctionFailedError."""
        if function not in self._functions:
            raise UnknownFunctionError(f"no function {function!r} in the template")
        invoked = self._functions[function]
        invocation = Invocation(
            payload=json.dumps(payload, ensure_ascii=False).encode(),
            answer=asyncio.get_running_loop().create_future(),
            function_arn=function,
            timeout_s=invoked.spec.timeout_s,
        )
        await asyncio.sleep(self._overhead(invoked.spec.name))
        run = asyncio.ensure_future(in_greenlet(lambda: call(invoked.handler, invoked.spec, invocation)))
        await asyncio.wait([run], timeout=invoked.spec.timeout_s)
        if not run.done():
            raise timed_out(invocation.request_id, invoked.spec.timeout_s)
        return json.loads(run.result())

    async def idle(self) -> None:
        """Wait until every call that a handler started has ended, those given up on included."""
        await self._host.idle()
