"""One execution environment: a process under AWS's runtime client, serving one invocation at a time."""

import asyncio
import sys
from enum import Enum, auto
from pathlib import Path

from local.lambda_runtime.environment import Surroundings, worker_environment
from local.lambda_runtime.errors import FunctionFailedError
from local.lambda_runtime.invocation import Invocation
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

    def __init__(self, spec: FunctionSpec, *, on_demand: bool) -> None:
        self.spec = spec
        self.state = State.STARTING
        self.on_demand = on_demand
        self.served = 0
        self.doomed = False
        self.current: Invocation | None = None
        self.init_error: FunctionFailedError | None = None
        self.initialised: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._next: asyncio.Future[Invocation] | None = None
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, around: Surroundings, runtime_api: str, log: Path) -> asyncio.subprocess.Process:
        """Start the process, its output in the log. It leads a session: a terminal's Ctrl-C is the stack's alone."""
        with log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "awslambdaric",
                self.spec.handler,
                cwd=self.spec.task_root,
                env=worker_environment(self.spec, around, runtime_api),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        if self.doomed:
            self.kill()
        return self._process

    def ask(self) -> asyncio.Future[Invocation]:
        """The worker asks for work: the future is what it will be given."""
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
