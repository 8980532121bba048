"""One execution environment: a process under AWS's runtime client, serving one invocation at a time."""

import asyncio
import time
from enum import Enum, auto
from pathlib import Path

from local.lambda_runtime.environment import Surroundings, worker_environment
from local.lambda_runtime.errors import FunctionFailedError
from local.lambda_runtime.invocation import Invocation
from local.lambda_runtime.launchers import Launcher, Process
from local.template import FunctionSpec


class State(Enum):
    """Where a worker is in its life."""

    STARTING = auto()
    IDLE = auto()
    BUSY = auto()
    RETURNING = auto()  # has answered, has not asked for more yet
    GONE = auto()


class Worker:
    """A process and what it is doing. The pool decides; this only carries it out."""

    def __init__(self, spec: FunctionSpec, *, on_demand: bool, init_limit_s: float) -> None:
        self.spec = spec
        self.state = State.STARTING
        self.on_demand = on_demand
        self.init_limit_s = init_limit_s
        self.init_ms = 0.0
        self.killed_at_mb: int | None = None
        self.served = 0
        self.doomed = False
        self.current: Invocation | None = None
        self.init_error: FunctionFailedError | None = None
        self.initialised: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._next: asyncio.Future[Invocation] | None = None
        self._process: Process | None = None
        self._started = 0.0

    @property
    def is_cold(self) -> bool:
        """Whether the next invocation is the one that it was started for."""
        return self.on_demand and self.served == 0

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    async def start(self, launcher: Launcher, around: Surroundings, runtime_api: str, log: Path) -> Process:
        """Start the process, its output in the log."""
        self._started = time.monotonic()
        environment = worker_environment(self.spec, around, runtime_api)
        self._process = await launcher.start(self.spec, environment, log)
        if self.doomed:
            self.kill()
        return self._process

    def ask(self) -> asyncio.Future[Invocation]:
        """The worker asks for work: the future is what it will be given."""
        if self.state is State.STARTING:
            self.init_ms = (time.monotonic() - self._started) * 1000
        self.state = State.IDLE
        self._next = asyncio.get_running_loop().create_future()
        return self._next

    def give(self, invocation: Invocation) -> None:
        assert self._next is not None, "only an idle worker is given work"
        self.state = State.BUSY
        self.current = invocation
        self._next.set_result(invocation)

    def take_current(self, request_id: str) -> Invocation | None:
        """The invocation the worker answers, if it still is the one it was given."""
        if self.current is None or self.current.request_id != request_id:
            return None
        invocation, self.current = self.current, None
        self.state = State.RETURNING
        self.served += 1
        return invocation

    def kill(self) -> None:
        """End the process, or the one that is just being started."""
        self.doomed = True
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    def bury(self) -> None:
        """The process has ended: nobody waits for it any longer."""
        self.state = State.GONE
        if self._next is not None and not self._next.done():
            self._next.cancel()
        self.end_start()

    def end_start(self) -> None:
        """It is ready, or never will be."""
        if not self.initialised.done():
            self.initialised.set_result(None)
