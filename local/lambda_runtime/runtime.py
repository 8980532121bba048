"""Lambda on loopback: a pool of worker processes for every function of the template."""

import asyncio
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from local.lambda_runtime.environment import Surroundings
from local.lambda_runtime.errors import (
    REQUEST_LIMIT_BYTES,
    LambdaRuntimeError,
    UnknownFunctionError,
    request_too_large,
)
from local.lambda_runtime.invocation import Invocation
from local.lambda_runtime.launchers import Launcher, Launching, launching_here
from local.lambda_runtime.pool import Pool, Size
from local.lambda_runtime.runtime_api import RuntimeApi
from local.lambda_runtime.worker import Worker
from local.template import FunctionSpec


@dataclass(frozen=True)
class Limits:
    """`processes` are the most of one function, `starts` the most that start at once.

    A function without reserved concurrency is throttled beyond `concurrency` invocations, as by an account's own limit;
    those beyond its processes wait for one.
    """

    processes: int = field(default_factory=lambda: max(4, 2 * (os.cpu_count() or 2)))
    concurrency: int = 1_000
    starts: int = field(default_factory=lambda: max(2, os.cpu_count() or 2))
    init_timeout_s: float = 60.0


class LambdaRuntime:
    """Invokes functions by name or ARN. An async context manager: leaving it ends every process it started."""

    def __init__(
        self,
        functions: Iterable[FunctionSpec],
        around: Surroundings,
        *,
        logs: Path,
        limits: Limits | None = None,
        launching: Launching | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._around = around
        self._logs = logs.absolute()
        self._api = RuntimeApi()
        self._launching = launching or launching_here()
        self._launcher: Launcher
        self._undo = AsyncExitStack()
        self._starts = asyncio.Semaphore(self._limits.starts)
        self._pools = {spec.name: self._pool(spec) for spec in functions}
        self._by_id = {
            identity: pool
            for pool in self._pools.values()
            for identity in (pool.spec.name, pool.spec.logical_id, *pool.spec.arns)
        }

    async def __aenter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        for name in self._pools:
            self._log(name).write_bytes(b"")
        async with AsyncExitStack() as undo:
            await self._api.start()
            undo.push_async_callback(self._api.stop)
            self._launcher = await undo.enter_async_context(self._launching(self._logs))
            undo.push_async_callback(self._stop_pools)
            self._undo = undo.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._undo.aclose()

    async def _stop_pools(self) -> None:
        await asyncio.gather(*(pool.stop() for pool in self._pools.values()))

    async def warm_up(self, functions: Iterable[str] | None = None) -> None:
        """Start one worker of each function; raises LambdaRuntimeError naming every function that cannot start."""
        pools = [self._find(name) for name in functions] if functions is not None else list(self._pools.values())
        outcomes = await asyncio.gather(*(pool.warm_up() for pool in pools), return_exceptions=True)
        problems = [
            f"{pool.spec.logical_id}: {outcome} (see {self._log(pool.spec.name)})"
            for pool, outcome in zip(pools, outcomes, strict=True)
            if isinstance(outcome, BaseException)
        ]
        if problems:
            raise LambdaRuntimeError("\n".join(problems))

    async def invoke(
        self, function: str, payload: Any, *, trace_id: str | None = None, report: dict[str, Any] | None = None
    ) -> Any:
        """The function's answer; raises FunctionFailedError. A caller that is cancelled leaves the function running.

        `report` is filled: `request_id`, `start` (cold or warm), `waited_ms` until a worker took it.
        """
        pool = self._find(function)
        body = json.dumps(payload, ensure_ascii=False).encode()
        if len(body) > REQUEST_LIMIT_BYTES:
            raise request_too_large(len(body))
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        arn = function if function in pool.spec.arns else pool.spec.arn
        report = {} if report is None else report
        pool.submit(Invocation(body, answer, arn, pool.spec.timeout_s, trace_id=trace_id, report=report))
        return json.loads(await asyncio.shield(answer))

    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """What each function has done, and how many workers it has now."""
        return {pool.spec.logical_id: {**asdict(pool.counts), "workers": pool.workers} for pool in self._pools.values()}

    def _find(self, function: str) -> Pool:
        if function not in self._by_id:
            raise UnknownFunctionError(f"no function {function!r} in the template")
        return self._by_id[function]

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def _pool(self, spec: FunctionSpec) -> Pool:
        pool: Pool

        def launch(worker: Worker) -> asyncio.Task[int]:
            return asyncio.create_task(self._run(pool, worker), name=f"worker of {spec.logical_id}")

        limits, reserved = self._limits, spec.reserved_concurrency
        concurrency = limits.concurrency if reserved is None else reserved
        processes = min(limits.processes, concurrency)
        size = Size(processes=processes, concurrency=concurrency, init_timeout_s=limits.init_timeout_s)
        pool = Pool(spec, size, launch)
        return pool

    async def _run(self, pool: Pool, worker: Worker) -> int:
        """One worker's life; few start at once, for a start takes a whole core."""
        async with self._api.seat(pool, worker) as address:
            async with self._starts:
                if not pool.begins(worker):
                    return 1
                process = await worker.start(self._launcher, self._around, address, self._log(pool.spec.name))
                ended = asyncio.ensure_future(process.wait())
                ended.add_done_callback(lambda _: worker.end_start())
                await worker.initialised
            return await ended
