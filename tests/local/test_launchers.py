"""The server that execution environments are forked from."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.lambda_runtime.environment import Surroundings, worker_environment
from local.lambda_runtime.launchers import Launcher, Process, forks, launching_here
from local.template import Deployment

pytestmark = pytest.mark.skipif(launching_here() is not forks, reason="functions are not forked on this system")
KILLED = -9


@pytest.fixture
def silent_api() -> Iterator[socket.socket]:
    """A Runtime API that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


async def started(launcher: Launcher, deployment: Deployment, logs: Path, api: socket.socket) -> Process:
    """A worker that is running or about to."""
    (echo,) = (spec for spec in deployment.functions().values() if spec.logical_id == "Echo")
    environment = worker_environment(echo, Surroundings(), f"127.0.0.1:{api.getsockname()[1]}")
    return await launcher.start(echo, environment, logs / "echo.log")


async def test_given_a_worker_when_the_input_of_its_server_ends_then_it_is_killed(
    deployment: Deployment, silent_api: socket.socket, tmp_path: Path
) -> None:
    async with forks(tmp_path) as launcher:
        process = await started(launcher, deployment, tmp_path, silent_api)
    assert await process.wait() == process.returncode == KILLED


async def test_given_two_workers_when_one_is_killed_then_the_other_lives(
    deployment: Deployment, silent_api: socket.socket, tmp_path: Path
) -> None:
    async with forks(tmp_path) as launcher:
        one, other = [await started(launcher, deployment, tmp_path, silent_api) for _ in range(2)]
        one.kill()
        assert await one.wait() == KILLED
        assert other.returncode is None
        one.kill()


async def test_given_a_log_that_cannot_be_written_when_started_then_the_worker_ends_and_the_server_goes_on(
    deployment: Deployment, silent_api: socket.socket, tmp_path: Path
) -> None:
    (echo,) = (spec for spec in deployment.functions().values() if spec.logical_id == "Echo")
    async with forks(tmp_path) as launcher:
        process = await launcher.start(echo, {}, tmp_path / "missing" / "echo.log")
        assert await process.wait() == 1
        assert (await started(launcher, deployment, tmp_path, silent_api)).returncode is None
    assert "FileNotFoundError" in (tmp_path / "fork_server.log").read_text()
