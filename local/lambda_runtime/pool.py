"""The execution environments of one function: grown on demand, throttled beyond the ceiling."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from local.lambda_runtime.concurrency import Concurrency
from local.lambda_runtime.errors import FunctionFailedError, exited, throttled, timed_out
from local.lambda_runtime.invocation import Invocation
from local.lambda_runtime.memory import peak_mb, resident_mb
from local.lambda_runtime.platform_log import PlatformLog, Report
from local.lambda_runtime.worker import State, Worker
from local.template import FunctionSpec

# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
_INIT_S, _SNAPSHOT_INIT_S = 10.0, 130.0


@dataclass
class Counts:
    """What a function has done since the stack started.

    `waits` are invocations that Lambda would have given a new environment, but that waited for a process here.
    """

    cold: int = 0
    warm: int = 0
    waits: int = 0
    errors: int = 0
    throttles: int = 0
    timeouts: int = 0
    out_of_memory: int = 0


class Pool:
    """Gives invocations to at most so many workers.

    `launch` starts a worker's process and returns its exit code when it ends.
    """

    def __init__(
        self,
        spec: FunctionSpec,
        *,
        processes: int,
        concurrency: Concurrency,
        log: PlatformLog,
        launch: Callable[[Worker], "asyncio.Task[int]"],
    ) -> None:
        self.spec = spec
        self.counts = Counts()
        self._processes = processes
        self._concurrency = concurrency
        self._log = log
        self._launch = launch
        self._inits_to_retry = 0
        self._pending: deque[Invocation] = deque()
        self._workers: dict[Worker, asyncio.Task[int]] = {}
        self._timers: dict[Worker, asyncio.TimerHandle] = {}
        self._stopping = False

    @property
    def workers(self) -> int:
        return len(self._workers)

    def submit(self, invocation: Invocation) -> None:
        """Give it to an idle worker, or let it wait for one, or refuse it."""
        if not self._concurrency.take():
            self.counts.throttles += 1
            invocation.fail(throttled(invocation.request_id))
            return
        invocation.released = self._concurrency.give_back
        idle = self._in(State.IDLE)
        if idle:
            self._give(idle[-1], invocation)
            return
        self._pending.append(invocation)
        self._grow()
        self.counts.waits += self._waiting_in_vain() > 0

    async def warm_up(self) -> None:
        """Start one worker and wait until it is ready; raises FunctionFailedError when its module cannot be loaded."""
        worker = self._start(on_demand=False)
        await worker.initialised
        if worker.init_error is not None:
            raise worker.init_error

    def asked(self, worker: Worker) -> "asyncio.Future[Invocation]":
        """A worker asks for its next invocation."""
        self._cancel_timer(worker)
        worker.end_start()
        given = worker.ask()
        if self._pending:
            self._give(worker, self._pending.popleft())
        return given

    def failed_to_initialise(self, worker: Worker, error: FunctionFailedError) -> None:
        worker.init_error = error

    def answered(self, worker: Worker, request_id: str, outcome: bytes | FunctionFailedError) -> bool:
        """A worker answers; False when nobody waits for this answer."""
        invocation = worker.take_current(request_id)
        if invocation is None:
            return False
        self._cancel_timer(worker)
        self._report(worker, invocation, outcome)
        if isinstance(outcome, FunctionFailedError):
            self.counts.errors += 1
            invocation.fail(outcome)
        else:
            invocation.succeed(outcome)
        return True

    def enforce_memory(self) -> None:
        """Kill the workers that use more than the function's memory, as Lambda does."""
        for worker in self._in(State.BUSY):
            used = None if worker.doomed else resident_mb(worker.pid)
            if used is not None and used > self.spec.memory_mb:
                self.counts.out_of_memory += 1
                worker.killed_at_mb = used
                worker.kill()

    def begins(self, worker: Worker) -> bool:
        """Whether to start it after all: meanwhile a worker that was busy may have served what it was meant for."""
        if worker.doomed or (worker.on_demand and not self._pending):
            worker.kill()
            return False
        self._set_timer(worker, worker.init_limit_s, self._init_timed_out)
        return True

    async def stop(self) -> None:
        """End every process and wait for it."""
        self._stopping = True
        for worker in self._workers:
            worker.kill()
        await asyncio.gather(*self._workers.values(), return_exceptions=True)
        while self._pending:
            self._pending.popleft().answer.cancel()

    def _in(self, *states: State) -> list[Worker]:
        return [worker for worker in self._workers if worker.state in states]

    def _grow(self) -> None:
        """Start workers until each waiting invocation has one on its way."""
        while self._waiting_in_vain() > 0 and self.workers < self._processes:
            self._start(on_demand=True)

    def _waiting_in_vain(self) -> int:
        """How many invocations wait for which no worker is on its way."""
        return len(self._pending) - len(self._in(State.STARTING, State.RETURNING))

    def _start(self, *, on_demand: bool) -> Worker:
        worker = Worker(self.spec, on_demand=on_demand, init_limit_s=self._init_limit_s())
        task = self._launch(worker)
        self._workers[worker] = task
        task.add_done_callback(lambda done: self._ended(worker, done))
        return worker

    def _init_limit_s(self) -> float:
        """A start that took too long is tried once more, within the time that its invocation has."""
        if self.spec.snap_start:
            return max(_SNAPSHOT_INIT_S, self.spec.timeout_s)
        if self._inits_to_retry:
            self._inits_to_retry -= 1
            return self.spec.timeout_s
        return _INIT_S

    def _give(self, worker: Worker, invocation: Invocation) -> None:
        cold = worker.is_cold
        self.counts.cold += cold
        self.counts.warm += not cold
        invocation.begins(cold=cold, init_ms=worker.init_ms)
        self._log.start(invocation.request_id)
        worker.give(invocation)
        self._set_timer(worker, invocation.timeout_s, self._invocation_timed_out)

    def _set_timer(self, worker: Worker, seconds: float, act: Callable[[Worker], None]) -> None:
        self._timers[worker] = asyncio.get_running_loop().call_later(seconds, act, worker)

    def _cancel_timer(self, worker: Worker) -> None:
        timer = self._timers.pop(worker, None)
        if timer is not None:
            timer.cancel()

    def _invocation_timed_out(self, worker: Worker) -> None:
        invocation = worker.current
        if invocation is None:
            return
        self.counts.timeouts += 1
        self.answered(worker, invocation.request_id, timed_out(invocation.request_id, invocation.timeout_s))
        worker.kill()

    def _init_timed_out(self, worker: Worker) -> None:
        if worker.on_demand and worker.init_limit_s == _INIT_S:
            self._inits_to_retry += 1
        else:
            waiting = self._pending[0].request_id if self._pending else "init"
            self.failed_to_initialise(worker, timed_out(waiting, worker.init_limit_s))
        worker.kill()

    def _report(self, worker: Worker, invocation: Invocation, outcome: bytes | FunctionFailedError) -> None:
        report = Report(
            request_id=invocation.request_id,
            error=outcome.error if isinstance(outcome, FunctionFailedError) else None,
            duration_ms=invocation.duration_ms,
            init_ms=invocation.report.get("init_ms"),
            memory_mb=worker.killed_at_mb or peak_mb(worker.pid),
        )
        self._log.report(report)

    def _ended(self, worker: Worker, task: "asyncio.Task[int]") -> None:
        """A process has gone: its invocation, or one that waited for it, fails as Lambda says."""
        was_starting = worker.state is State.STARTING
        self._cancel_timer(worker)
        del self._workers[worker]
        code = 1 if task.cancelled() or task.exception() is not None else task.result()
        if worker.current is not None:
            request_id = worker.current.request_id
            self.answered(worker, request_id, exited(request_id, code))
        if was_starting and (worker.init_error or not worker.doomed):
            worker.init_error = worker.init_error or exited("init", code)
            if self._pending and not self._stopping:
                self.counts.errors += 1
                self._pending.popleft().fail(worker.init_error)
        worker.bury()
        if not self._stopping:
            self._grow()
