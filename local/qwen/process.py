"""llama.cpp's server with the model, a process on a loopback port."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from local.errors import StackError
from local.model_servers import LOOPBACK, free_port
from local.qwen.weights import weights_file

START_TIMEOUT_S = 120.0
_STOP_TIMEOUT_S = 5.0
_POLL_S = 0.1
_OK = 200


class QwenError(StackError):
    """The server did not start."""


@asynccontextmanager
async def qwen_server(root: Path, log: Path) -> AsyncIterator[str]:
    """The URL of a server that is ready; it ends with this, or with this process. Raises QwenError."""
    python = root / ".venv-qwen" / "bin" / "python"
    weights = weights_file(root)
    for needed in (python, weights):
        if not needed.exists():
            raise QwenError(f"{needed} is missing: start the stack with `LLM=qwen make serve`, which makes it")
    port = free_port()
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(str(python), str(Path(__file__).with_name("serve.py")), str(weights), str(port)),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        await _ready(process, f"http://{LOOPBACK}:{port}", log)
        yield f"http://{LOOPBACK}:{port}"
    finally:
        await _stop(process)


async def _ready(process: asyncio.subprocess.Process, url: str, log: Path) -> None:
    try:
        async with asyncio.timeout(START_TIMEOUT_S), aiohttp.ClientSession() as client:
            while not await _answers(client, url):
                if process.returncode is not None:
                    raise QwenError(f"the server of Qwen ended: see {log}")
                await asyncio.sleep(_POLL_S)
    except TimeoutError as error:
        raise QwenError(f"no answer of Qwen's server in {START_TIMEOUT_S:.0f} s: see {log}") from error


async def _answers(client: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with client.get(f"{url}/health") as answer:
            return answer.status == _OK
    except aiohttp.ClientError:
        return False


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _STOP_TIMEOUT_S)
    except TimeoutError:
        process.kill()
        await process.wait()
