"""When a function's pool starts processes, what it gives them time for, and what it writes into the function's log."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from local.clock.virtual import VirtualClock, run_virtually
from local.lambda_runtime import FunctionFailedError, LambdaRuntime, LambdaRuntimeError, Limits
from local.lambda_runtime.concurrency import Concurrency, ceilings
from local.lambda_runtime.environment import Surroundings
from local.lambda_runtime.invocation import Invocation
from local.lambda_runtime.launchers import forks, launching_here
from local.lambda_runtime.platform_log import PlatformLog, Report
from local.lambda_runtime.pool import Pool
from local.lambda_runtime.worker import Worker
from local.template import Deployment, FunctionSpec
from tests.local.conftest import BARE


class Silent:
    """A process that says nothing until it is killed, and what starts it."""

    pid = None
    returncode = None

    def __init__(self) -> None:
        self._code: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def start(self, spec: FunctionSpec, environment: Mapping[str, str], log: Path) -> "Silent":
        return self

    def kill(self) -> None:
        if not self._code.done():
            self._code.set_result(-9)

    async def wait(self) -> int:
        return await self._code


class NeverReady:
    """A pool whose processes never ask for work."""

    def __init__(self, spec: FunctionSpec, logs: Path, concurrency: int = 10, processes: int = 1) -> None:
        log = PlatformLog(spec, logs / "function.log")
        self.started: list[float] = []
        self.pool = Pool(spec, processes=processes, concurrency=Concurrency(concurrency), log=log, launch=self._launch)

    def _launch(self, worker: Worker) -> "asyncio.Task[int]":
        return asyncio.create_task(self._live(worker))

    async def _live(self, worker: Worker) -> int:
        self.started.append(asyncio.get_running_loop().time())
        self.pool.begins(worker)
        process = await worker.start(Silent(), BARE, "127.0.0.1:1", Path("function.log"))
        return await process.wait()

    def submit(self) -> "asyncio.Future[bytes]":
        invocation = Invocation(b"{}", asyncio.get_running_loop().create_future(), "arn", self.pool.spec.timeout_s)
        self.pool.submit(invocation)
        return invocation.answer


def test_given_a_start_beyond_ten_seconds_when_awaited_then_it_is_tried_once_more_within_the_functions_time(
    deployment: Deployment, tmp_path: Path
) -> None:
    async def scenario(clock: VirtualClock) -> None:
        never = NeverReady(deployment.functions()["Echo"], tmp_path)
        with pytest.raises(FunctionFailedError, match=r"Task timed out after 5\.00 seconds"):
            await never.submit()
        assert never.started == [0, 10]
        assert clock.elapsed() == pytest.approx(15)

    run_virtually(scenario)


def test_given_a_start_for_a_snapshot_when_it_takes_long_then_it_has_130_seconds(
    deployment: Deployment, tmp_path: Path
) -> None:
    async def scenario(clock: VirtualClock) -> None:
        never = NeverReady(deployment.functions()["Prepared"], tmp_path)
        with pytest.raises(FunctionFailedError, match=r"Sandbox\.Timedout"):
            await never.submit()
        assert clock.elapsed() == pytest.approx(130)

    run_virtually(scenario)


def test_given_more_calls_than_processes_when_they_wait_then_the_waits_are_counted_and_beyond_the_ceiling_throttled(
    deployment: Deployment, tmp_path: Path
) -> None:
    async def scenario(_: VirtualClock) -> None:
        never = NeverReady(deployment.functions()["Echo"], tmp_path, concurrency=3, processes=2)
        answers = [never.submit() for _ in range(4)]
        assert (never.pool.counts.waits, never.pool.counts.throttles, never.pool.workers) == (1, 1, 2)
        assert isinstance(answers[3].exception(), FunctionFailedError)
        await never.pool.stop()

    run_virtually(scenario)


def test_given_reservations_when_ceilings_are_set_then_what_is_reserved_is_taken_from_what_the_others_share(
    deployment: Deployment,
) -> None:
    under = ceilings(deployment.functions().values(), 1000)
    by_id = {spec.logical_id: under[spec.name] for spec in deployment.functions().values()}
    assert by_id["Echo"].limit == 2
    assert by_id["Sleep"] is by_id["Exit"]
    assert by_id["Sleep"].limit == 998


def test_given_reservations_beyond_what_a_machine_bears_when_made_then_the_runtime_says_what_to_do(
    deployment: Deployment, tmp_path: Path
) -> None:
    many = replace(deployment.functions()["Echo"], reserved_concurrency=300)
    with pytest.raises(LambdaRuntimeError, match="is 300, each a process here; reserve at most 256"):
        LambdaRuntime([many], BARE, logs=tmp_path)


async def test_given_reserved_concurrency_above_the_usual_processes_when_called_then_the_pool_grows_to_it(
    deployment: Deployment, tmp_path: Path
) -> None:
    three = replace(deployment.functions()["Together"], reserved_concurrency=3, timeout_s=30)
    async with LambdaRuntime([three], BARE, logs=tmp_path, limits=Limits(processes=1)) as runtime:
        calls = [asyncio.create_task(runtime.invoke("Together", {"of": 1})) for _ in range(3)]
        await asyncio.gather(*calls)
        counts = runtime.counts()["Together"]
        assert (counts["waits"], counts["throttles"]) == (0, 0)
        assert counts["workers"] > 1


@pytest.mark.skipif(launching_here() is not forks, reason="memory is watched on Linux only")
async def test_given_a_function_that_outgrows_its_memory_when_called_then_it_is_killed_and_the_report_says_so(
    deployment: Deployment, tmp_path: Path
) -> None:
    hoard = deployment.functions()["Hoard"]
    around = Surroundings(endpoints=BARE.endpoints)
    async with LambdaRuntime([hoard], around, logs=tmp_path) as runtime:
        assert await runtime.invoke("Hoard", {"megabytes": 1, "seconds": 0}) == 1024 * 1024
        with pytest.raises(FunctionFailedError, match="Runtime exited with error: signal: killed"):
            await runtime.invoke("Hoard", {"megabytes": hoard.memory_mb + 50, "seconds": 60})
        assert runtime.counts()["Hoard"]["out_of_memory"] == 1
    lines = [json.loads(line) for line in (tmp_path / f"{hoard.name}.log").read_text().splitlines()]
    lines = [line for line in lines if "type" in line]
    assert [line["type"] for line in lines] == ["platform.start", "platform.report"] * 2
    good, killed = [line["record"] for line in lines if line["type"] == "platform.report"]
    assert good["status"] == "success"
    assert 0 < good["metrics"]["maxMemoryUsedMB"] < hoard.memory_mb == good["metrics"]["memorySizeMB"]
    assert good["metrics"]["billedDurationMs"] >= good["metrics"]["initDurationMs"] > 0
    assert (killed["status"], killed["errorType"]) == ("error", "Runtime.ExitError")
    assert killed["metrics"]["maxMemoryUsedMB"] > hoard.memory_mb


def test_given_the_text_format_when_reported_then_the_lines_read_as_on_lambda(
    deployment: Deployment, tmp_path: Path
) -> None:
    log = PlatformLog(deployment.functions()["Echo"], tmp_path / "echo.log")
    log.start("r-1")
    log.report(Report("r-1", None, 12.345, 100.5, 64))
    log.report(Report("r-2", "Sandbox.Timedout", 5000.0, None, None))
    assert (tmp_path / "echo.log").read_text().splitlines() == [
        "START RequestId: r-1 Version: $LATEST",
        "END RequestId: r-1",
        "REPORT RequestId: r-1\tDuration: 12.35 ms\tBilled Duration: 113 ms\tMemory Size: 256 MB"
        "\tMax Memory Used: 64 MB\tInit Duration: 100.50 ms",
        "END RequestId: r-2",
        "REPORT RequestId: r-2\tDuration: 5000.00 ms\tBilled Duration: 5000 ms\tMemory Size: 256 MB"
        "\tStatus: timeout\tError Type: Sandbox.Timedout",
    ]
