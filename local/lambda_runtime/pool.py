"""The execution environments of one function: grown on demand, throttled beyond the ceiling."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from local.lambda_runtime.errors import FunctionFailedError, exited, throttled, timed_out
from local.lambda_runtime.invocation import Invocation
from local.lambda_runtime.worker import State, Worker
from local.template import FunctionSpec


@dataclass
class Counts:
    """What a function has done since the stack started."""

    cold: int = 0
    warm: int = 0
    errors: int = 0
    throttles: int = 0
    timeouts: int = 0


@dataclass(frozen=True)
class Size:
    """The most processes, the most invocations at once, and the time a process has to get ready."""

    processes: int
    concurrency: int
    init_timeout_s: float


class Pool:
    """Gives invocations to workers. `launch` starts a worker's process and returns its exit code when it ends."""

    def __init__(self, spec: FunctionSpec, size: Size, launch: Callable[[Worker], "asyncio.Task[int]"]) -> None:
        self.spec = spec
        self.counts = Counts()
        self._size = size
        self._launch = launch
        self._pending: deque[Invocation] = deque()
        self._workers: dict[Worker, asyncio.Task[int]] = {}
        self._timers: dict[Worker, asyncio.TimerHandle] = {}
        self._stopping = False

    @property
    def workers(self) -> int:
        return len(self._workers)

    def submit(self, invocation: Invocation) -> None:
        """Give it to an idle worker, or let it wait for one, or refuse it."""
        idle = self._in(State.IDLE)
        if idle:
            self._give(idle[-1], invocation)
        elif len(self._in(State.BUSY)) + len(self._pending) >= self._size.concurrency:
            self.counts.throttles += 1
            invocation.fail(throttled(invocation.request_id))
        else:
            self._pending.append(invocation)
            self._grow()

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
        worker.state = State.IDLE
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
        if isinstance(outcome, FunctionFailedError):
            self.counts.errors += 1
            invocation.fail(outcome)
        else:
            invocation.succeed(outcome)
        return True

    def begins(self, worker: Worker) -> bool:
        """Whether to start it after all: meanwhile a worker that was busy may have served what it was meant for."""
        if worker.doomed or (worker.on_demand and not self._pending):
            worker.kill()
            return False
        self._set_timer(worker, self._size.init_timeout_s, self._init_timed_out)
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
        while (
            len(self._pending) > len(self._in(State.STARTING, State.RETURNING)) and self.workers < self._size.processes
        ):
            self._start(on_demand=True)

    def _start(self, *, on_demand: bool) -> Worker:
        worker = Worker(self.spec, on_demand=on_demand)
        task = self._launch(worker)
        self._workers[worker] = task
        task.add_done_callback(lambda done: self._ended(worker, done))
        return worker

    def _give(self, worker: Worker, invocation: Invocation) -> None:
        cold = worker.on_demand and worker.served == 0
        self.counts.cold += cold
        self.counts.warm += not cold
        invocation.begins(cold=cold)
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
        self.failed_to_initialise(worker, timed_out("init", self._size.init_timeout_s))
        worker.kill()

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
