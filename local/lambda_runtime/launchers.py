"""How an execution environment's process comes to be: forked where that is safe, else started from nothing."""

import asyncio
import itertools
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol

from local.lambda_runtime.environment import host_environment
from local.template import FunctionSpec

_FORK_SERVER = Path(__file__).with_name("fork_server.py")
_KILLED = -9


class Process(Protocol):
    """A process that can be waited for and killed. `returncode` is None until it has ended, `pid` until it is known."""

    @property
    def pid(self) -> int | None: ...

    @property
    def returncode(self) -> int | None: ...

    def kill(self) -> None: ...

    async def wait(self) -> int: ...


class Launcher(Protocol):
    """Starts AWS's runtime client for a function, its output in the log, in a session of its own.

    A terminal's Ctrl-C is the stack's alone.
    """

    async def start(self, spec: FunctionSpec, environment: Mapping[str, str], log: Path) -> Process: ...


class Launching(Protocol):
    """Opens a launcher; the folder is for its own log."""

    def __call__(self, logs: Path) -> AbstractAsyncContextManager[Launcher]: ...


class _Interpreters:
    async def start(self, spec: FunctionSpec, environment: Mapping[str, str], log: Path) -> Process:
        with log.open("ab") as output:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "awslambdaric", spec.handler),
                cwd=spec.task_root,
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )


@asynccontextmanager
async def interpreters(logs: Path) -> AsyncIterator[Launcher]:
    """Every process loads everything itself."""
    yield _Interpreters()


class _Forks:
    """The other end of fork_server.py."""

    def __init__(self, server: asyncio.subprocess.Process) -> None:
        assert server.stdin is not None, "started with pipes"
        assert server.stdout is not None, "started with pipes"
        self._requests = server.stdin
        self._reports = server.stdout
        self._numbers = itertools.count()
        self._codes: dict[int, asyncio.Future[int]] = {}
        self._pids: dict[int, int] = {}
        self._gone = False

    async def start(self, spec: FunctionSpec, environment: Mapping[str, str], log: Path) -> Process:
        number = next(self._numbers)
        code = asyncio.get_running_loop().create_future()
        if self._gone:
            code.set_result(_KILLED)
        else:
            self._codes[number] = code
            self.send(
                {
                    "start": number,
                    "handler": spec.handler,
                    "task_root": str(spec.task_root),
                    "environment": dict(environment),
                    "log": str(log),
                }
            )
        return _Fork(self, number, code)

    def send(self, request: Mapping[str, object]) -> None:
        if not self._gone:
            self._requests.write(json.dumps(request).encode() + b"\n")

    def pid(self, number: int) -> int | None:
        return self._pids.get(number)

    async def listen(self) -> None:
        """Take reports until the server ends; what it had forked ends with it."""
        async for line in self._reports:
            report = json.loads(line)
            if "started" in report:
                self._pids[report["started"]] = report["pid"]
            else:
                self._pids.pop(report["ended"], None)
                self._codes.pop(report["ended"]).set_result(report["code"])
        self._gone = True
        for code in self._codes.values():
            code.set_result(_KILLED)


class _Fork:
    def __init__(self, forks: _Forks, number: int, code: asyncio.Future[int]) -> None:
        self._forks = forks
        self._number = number
        self._code = code

    @property
    def pid(self) -> int | None:
        return self._forks.pid(self._number)

    @property
    def returncode(self) -> int | None:
        return self._code.result() if self._code.done() else None

    def kill(self) -> None:
        self._forks.send({"kill": self._number})

    async def wait(self) -> int:
        return await asyncio.shield(self._code)


@asynccontextmanager
async def forks(logs: Path) -> AsyncIterator[Launcher]:
    """Every process is forked from one that has loaded what they share."""
    with (logs / "fork_server.log").open("wb") as errors:
        server = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", str(_FORK_SERVER)),
            env=host_environment(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
    launcher = _Forks(server)
    listening = asyncio.create_task(launcher.listen(), name="fork server")
    try:
        yield launcher
    finally:
        assert server.stdin is not None, "started with a pipe"
        server.stdin.close()
        await server.wait()
        await listening


def launching_here() -> Launching:
    """macOS's system libraries do not bear a fork that goes on in the same program."""
    return forks if sys.platform == "linux" else interpreters
