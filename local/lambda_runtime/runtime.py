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

from local.lambda_runtime.concurrency import ACCOUNT_LIMIT, Concurrency, ceilings
from local.lambda_runtime.environment import Surroundings
from local.lambda_runtime.errors import (
    REQUEST_LIMIT_BYTES,
    LambdaRuntimeError,
    UnknownFunctionError,
    request_too_large,
)
from local.lambda_runtime.invocation import Invocation
from local.lambda_runtime.launchers import Launcher, Launching, launching_here
from local.lambda_runtime.platform_log import PlatformLog
from local.lambda_runtime.pool import Pool
from local.lambda_runtime.runtime_api import RuntimeApi
from local.lambda_runtime.worker import Worker
from local.template import FunctionSpec

_MEMORY_LOOK_S = 0.2


@dataclass(frozen=True)
class Limits:
    """What one machine bears. `starts` are the most processes that start at once.

    A function with reserved concurrency has that many processes if it needs them; all of these together are at most
    `reserved`. Any other function has at most `processes`: invocations beyond them wait for one, and are counted as
    waits, where Lambda would start another. All others together are throttled beyond `concurrency`, less what is
    reserved, as by an account's own limit.
    """

    processes: int = field(default_factory=lambda: max(4, 2 * (os.cpu_count() or 2)))
    reserved: int = 256
    concurrency: int = ACCOUNT_LIMIT
    starts: int = field(default_factory=lambda: max(2, os.cpu_count() or 2))


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
        specs = list(functions)
        self._logs_of = {spec.name: PlatformLog(spec, self._log(spec.name)) for spec in specs}
        concurrency = ceilings(specs, self._limits.concurrency)
        _refuse_too_many(specs, self._limits.reserved)
        self._pools = {spec.name: self._pool(spec, concurrency[spec.name]) for spec in specs}
        self._by_id = {
            identity: pool
            for pool in self._pools.values()
            for identity in (pool.spec.name, pool.spec.logical_id, *pool.spec.arns)
        }

    async def __aenter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        for log in self._logs_of.values():
            log.clear()
        async with AsyncExitStack() as undo:
            await self._api.start()
            undo.push_async_callback(self._api.stop)
            self._launcher = await undo.enter_async_context(self._launching(self._logs))
            undo.push_async_callback(self._stop_pools)
            undo.callback(asyncio.create_task(self._watch_memory(), name="memory of the functions").cancel)
            self._undo = undo.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._undo.aclose()

    async def _watch_memory(self) -> None:
        while True:
            await asyncio.sleep(_MEMORY_LOOK_S)
            for pool in self._pools.values():
                pool.enforce_memory()

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

        `report` is filled: `request_id`, `start` (cold or warm), `waited_ms` until a worker took it, `init_ms` if cold.
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

    def _pool(self, spec: FunctionSpec, concurrency: Concurrency) -> Pool:
        pool: Pool

        def launch(worker: Worker) -> asyncio.Task[int]:
            return asyncio.create_task(self._run(pool, worker), name=f"worker of {spec.logical_id}")

        reserved = spec.reserved_concurrency
        processes = self._limits.processes if reserved is None else reserved
        log = self._logs_of[spec.name]
        pool = Pool(spec, processes=processes, concurrency=concurrency, log=log, launch=launch)
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


def _refuse_too_many(specs: Iterable[FunctionSpec], most: int) -> None:
    reserved = sum(spec.reserved_concurrency or 0 for spec in specs)
    if reserved > most:
        raise LambdaRuntimeError(
            f"the reserved concurrency of all functions is {reserved}, each a process here; reserve at most {most}"
        )
