"""The real serving containers of models/, each a process on a loopback port."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from local.errors import ModelServerError
from local.hosting import Container

LOOPBACK = "127.0.0.1"
START_TIMEOUT_S = 120.0
STOP_TIMEOUT_S = 5.0
_POLL_S = 0.05


class ModelServer:
    """The server behind an endpoint, with the models that its container holds; its output is in the log.

    `options` are more options of `python -m models serve`.
    """

    def __init__(self, container: Container, log: Path, options: Sequence[str] = ()) -> None:
        self.container = container
        self._options = options
        self.port = free_port()
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int:
        """Of the running process."""
        assert self._process is not None, "started before it has one"
        return self._process.pid

    @asynccontextmanager
    async def running(self, root: Path) -> AsyncIterator[None]:
        """The process lives while this is entered; it is ready only after `ready`."""
        with self._log.open("wb") as output:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "models", "serve", *self._holds()),
                *("--host", LOOPBACK, "--port", str(self.port), *self._options),
                cwd=root,
                env={**os.environ, "PYTHONPATH": str(root)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            yield
        finally:
            await self._stop(self._process)

    async def ready(self) -> None:
        """Wait until it answers /ping; raises ModelServerError."""
        assert self._process is not None, "started before it can be ready"
        try:
            async with asyncio.timeout(START_TIMEOUT_S), aiohttp.ClientSession() as client:
                while not await self._answers(client):
                    if self._process.returncode is not None:
                        raise ModelServerError(f"{self._who} ended (run `make models`?): see {self._log}")
                    await asyncio.sleep(_POLL_S)
        except TimeoutError as error:
            raise ModelServerError(f"no answer of {self._who} in {START_TIMEOUT_S:.0f} s") from error

    @property
    def _who(self) -> str:
        return f"the server of {self.container.endpoint}"

    def _holds(self) -> tuple[str, ...]:
        return ("--multi-model",) if self.container.multi_model else ("--model", *self.container.models)

    async def _answers(self, client: aiohttp.ClientSession) -> bool:
        try:
            async with client.get(f"{self.url}/ping") as answer:
                return answer.status == 200  # noqa: PLR2004  # HTTP's OK
        except aiohttp.ClientError:
            return False

    async def _stop(self, process: asyncio.subprocess.Process) -> None:
        if process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_TIMEOUT_S)
        except TimeoutError:
            process.kill()
            await process.wait()


def free_port() -> int:
    """A port of loopback that nothing listens on just now."""
    with socket.create_server((LOOPBACK, 0)) as probe:
        return int(probe.getsockname()[1])
