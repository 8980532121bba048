"""Handlers under AWS's own runtime client, in worker processes."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from local.lambda_runtime import FunctionFailedError, LambdaRuntime, LambdaRuntimeError, UnknownFunctionError
from local.template import Deployment


async def test_given_a_function_when_invoked_then_it_sees_what_lambda_would_give_it(
    runtime: LambdaRuntime, deployment: Deployment
) -> None:
    arn = deployment.ref("Echo.Alias")
    answer = await runtime.invoke(arn, {"message": "こんにちは"}, trace_id="Root=1-2-3")
    assert answer["event"] == {"message": "こんにちは"}
    assert answer["environment"] == {
        "TABLE": "mangaassist-local-Things",
        "BUS": "things-dev",
        "DEBUG": "true",
        "GREETING": "hello",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_LAMBDA_FUNCTION_NAME": "mangaassist-local-Echo",
        "HOME": None,
    }
    assert (answer["arn"], answer["trace"]) == (arn, "Root=1-2-3")
    assert 0 < answer["remaining_ms"] <= 5000


async def test_given_a_warmed_function_when_invoked_twice_then_one_process_serves_both_and_none_is_cold(
    runtime: LambdaRuntime,
) -> None:
    await runtime.warm_up(["Echo"])
    answers = [await runtime.invoke("Echo", None) for _ in range(2)]
    assert len({answer["process"] for answer in answers}) == 1
    assert runtime.counts()["Echo"] == {
        "cold": 0,
        "warm": 2,
        "waits": 0,
        "errors": 0,
        "throttles": 0,
        "timeouts": 0,
        "out_of_memory": 0,
        "workers": 1,
    }


async def test_given_a_busy_pool_when_invoked_beyond_the_reserved_concurrency_then_it_is_throttled(
    runtime: LambdaRuntime,
) -> None:
    outcomes = await asyncio.gather(*(runtime.invoke("Echo", {}) for _ in range(3)), return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, FunctionFailedError)]
    assert [error.error for error in refused] == ["Lambda.TooManyRequestsException"]
    assert runtime.counts()["Echo"]["throttles"] == 1


async def test_given_a_burst_when_a_warm_worker_keeps_up_then_no_more_start_than_are_needed(
    runtime: LambdaRuntime,
) -> None:
    await runtime.warm_up(["Echo"])
    await asyncio.gather(*(runtime.invoke("Echo", {}) for _ in range(2)))
    counts = runtime.counts()["Echo"]
    assert counts["cold"] + counts["warm"] == 2
    assert counts["errors"] == 0


async def test_given_a_handler_that_raises_when_invoked_then_its_type_and_message_come_back(
    runtime: LambdaRuntime,
) -> None:
    with pytest.raises(FunctionFailedError) as caught:
        await runtime.invoke("Echo", {"raise": "not now"})
    document = json.loads(caught.value.cause)
    assert caught.value.error == document["errorType"] == "TooMany"
    assert document["errorMessage"] == "not now"
    assert document["stackTrace"]


async def test_given_a_slow_handler_when_its_timeout_passes_then_the_worker_is_killed_and_the_next_one_works(
    runtime: LambdaRuntime,
) -> None:
    with pytest.raises(FunctionFailedError) as caught:
        await runtime.invoke("Sleep", {"seconds": 60})
    assert caught.value.error == "Sandbox.Timedout"
    assert "Task timed out after 1.00 seconds" in caught.value.cause
    assert await runtime.invoke("Sleep", {"seconds": 0}) == "slept"
    assert runtime.counts()["Sleep"]["timeouts"] == 1


async def test_given_a_handler_that_exits_when_invoked_then_the_exit_is_reported(runtime: LambdaRuntime) -> None:
    with pytest.raises(FunctionFailedError) as caught:
        await runtime.invoke("Exit", {})
    assert caught.value.error == "Runtime.ExitError"
    assert "exit status 3" in caught.value.cause


async def test_given_a_module_that_cannot_be_imported_when_invoked_then_the_init_error_is_reported(
    runtime: LambdaRuntime, tmp_path: Path
) -> None:
    with pytest.raises(FunctionFailedError) as caught:
        await runtime.invoke("Broken", {})
    assert caught.value.error == "Runtime.ImportModuleError"
    assert "there_is_no_such_module" in caught.value.cause
    assert "there_is_no_such_module" in (tmp_path / "mangaassist-local-Broken.log").read_text()


async def test_given_a_module_that_cannot_be_imported_when_warmed_up_then_the_function_is_named(
    runtime: LambdaRuntime,
) -> None:
    with pytest.raises(LambdaRuntimeError, match="Broken"):
        await runtime.warm_up(["Echo", "Broken"])


async def test_given_snap_start_when_a_worker_starts_then_the_hooks_before_the_snapshot_have_run(
    runtime: LambdaRuntime,
) -> None:
    assert await runtime.invoke("Prepared", {}) == ["prepared"]


async def test_given_a_cancelled_caller_when_the_function_runs_on_then_its_worker_serves_the_next_call(
    runtime: LambdaRuntime,
) -> None:
    await runtime.warm_up(["Sleep"])
    call = asyncio.create_task(runtime.invoke("Sleep", {"seconds": 0.2}))
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await runtime.invoke("Sleep", {"seconds": 0}) == "slept"
    assert runtime.counts()["Sleep"]["errors"] == 0


async def test_given_running_workers_when_the_runtime_is_left_then_no_process_remains(
    deployment: Deployment, runtime: LambdaRuntime
) -> None:
    process = (await runtime.invoke("Echo", {}))["process"]
    waiting = asyncio.create_task(runtime.invoke("Sleep", {}))
    await asyncio.sleep(0)
    await runtime.__aexit__(None, None, None)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    with pytest.raises((FunctionFailedError, asyncio.CancelledError)):
        await waiting


async def test_given_a_name_nobody_has_when_invoked_then_it_is_refused(runtime: LambdaRuntime) -> None:
    with pytest.raises(UnknownFunctionError, match="Nobody"):
        await runtime.invoke("Nobody", {})


async def test_given_no_worker_when_invoked_twice_then_the_reports_tell_the_cold_start_from_the_warm_one(
    runtime: LambdaRuntime,
) -> None:
    reports: list[dict[str, Any]] = [{}, {}]
    for report in reports:
        await runtime.invoke("Echo", {}, report=report)

    assert [report["start"] for report in reports] == ["cold", "warm"]
    assert reports[0]["request_id"] != reports[1]["request_id"]
    assert all(report["waited_ms"] >= 0 for report in reports)
