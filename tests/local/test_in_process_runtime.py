"""Handlers called in this process, with the same answers and errors as in a worker."""

import asyncio
import json
import os
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from local.lambda_runtime import FunctionFailedError, InProcessRuntime
from local.lambda_runtime.environment import Surroundings
from local.lambda_runtime.process import ConflictingEnvironmentsError
from local.template import Deployment

BARE = Surroundings(endpoints={"AWS_ENDPOINT_URL": "http://127.0.0.1:1"})


async def test_given_a_function_when_invoked_then_it_has_the_templates_environment_and_a_context(
    deployment: Deployment,
) -> None:
    before = dict(os.environ)
    async with InProcessRuntime([deployment.functions()["Echo"]], BARE) as runtime:
        answer = await runtime.invoke(deployment.ref("Echo.Alias"), {"message": "こんにちは"})
    assert answer["event"] == {"message": "こんにちは"}
    assert answer["environment"]["GREETING"] == "dev-us-east-1"
    assert 0 < answer["remaining_ms"] <= 5000
    assert dict(os.environ) == before
    assert "echo.handler" not in sys.modules


async def test_given_a_handler_that_raises_when_invoked_then_its_type_is_the_error(deployment: Deployment) -> None:
    async with InProcessRuntime([deployment.functions()["Echo"]], BARE) as runtime:
        with pytest.raises(FunctionFailedError) as caught:
            await runtime.invoke("Echo", {"raise": "not now"})
    assert caught.value.error == "TooMany"
    assert '"errorMessage": "not now"' in caught.value.cause


async def test_given_a_slow_handler_when_its_timeout_passes_then_it_is_reported_as_lambda_does(
    deployment: Deployment,
) -> None:
    sleepy = replace(deployment.functions()["Sleep"], timeout_s=0.05)
    async with InProcessRuntime([sleepy], BARE) as runtime:
        with pytest.raises(FunctionFailedError) as caught:
            await runtime.invoke("Sleep", {"seconds": 0.2})
    assert caught.value.error == "Sandbox.Timedout"


async def test_given_a_module_that_cannot_be_imported_when_warmed_up_then_it_is_an_import_error(
    deployment: Deployment,
) -> None:
    async with InProcessRuntime([deployment.functions()["Broken"]], BARE) as runtime:
        with pytest.raises(FunctionFailedError) as caught:
            await runtime.warm_up()
    assert caught.value.error == "Runtime.ImportModuleError"


def test_given_functions_that_disagree_on_a_variable_when_they_should_share_a_process_then_it_is_refused(
    deployment: Deployment,
) -> None:
    echo = deployment.functions()["Echo"]
    other = replace(echo, logical_id="Other", environment={**echo.environment, "GREETING": "other"})
    with pytest.raises(ConflictingEnvironmentsError, match="GREETING"):
        InProcessRuntime([echo, other], BARE)


async def test_given_logs_when_functions_print_at_the_same_time_then_each_ones_lines_are_in_its_own_log(
    deployment: Deployment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "noisy.py").write_text(
        "import sys, threading\nboth = threading.Barrier(2)\n"
        "def handler(event, context):\n"
        "    print(event, 'begins')\n    both.wait(5)\n    sys.stdout.write(f'{event} ends\\n')\n"
    )
    echo = replace(deployment.functions()["Echo"], handler="noisy.handler", task_root=tmp_path)
    other = replace(echo, logical_id="Other", name="other", arn="arn:other", alias=None)
    logs = tmp_path / "logs"
    async with InProcessRuntime([echo, other], BARE, logs=logs) as runtime:
        await asyncio.gather(runtime.invoke("Echo", "echo"), runtime.invoke("Other", "other"))
    print("after")
    assert (logs / f"{echo.name}.log").read_text() == "echo begins\necho ends\n"
    assert (logs / "other.log").read_text() == "other begins\nother ends\n"
    assert capsys.readouterr().out == "after\n"


async def test_given_1000_calls_at_once_when_each_takes_its_time_then_all_run_side_by_side(
    deployment: Deployment,
) -> None:
    patient = replace(deployment.functions()["Together"], timeout_s=60)
    async with InProcessRuntime([patient], BARE) as runtime:
        answers = await asyncio.gather(*(runtime.invoke("Together", {"of": 1000}) for _ in range(1000)))
    assert answers == ["together"] * 1000


async def test_given_calls_beyond_the_reserved_concurrency_when_made_then_they_are_throttled(
    deployment: Deployment,
) -> None:
    reserved = replace(deployment.functions()["Together"], reserved_concurrency=2)
    async with InProcessRuntime([reserved], BARE) as runtime:
        outcomes = await asyncio.gather(
            *(runtime.invoke("Together", {"of": 2}) for _ in range(3)), return_exceptions=True
        )
        refused = [outcome.error for outcome in outcomes if isinstance(outcome, FunctionFailedError)]
        assert refused == ["Lambda.TooManyRequestsException"]
        assert await runtime.invoke("Together", {"of": 1}) == "together"
        assert runtime.counts()["Together"]["throttles"] == 1


async def test_given_functions_without_reservations_when_the_account_is_full_then_they_are_throttled_together(
    deployment: Deployment,
) -> None:
    specs = [deployment.functions()[name] for name in ("Together", "Sleep")]
    async with InProcessRuntime(specs, BARE, concurrency=1) as runtime:
        first = asyncio.create_task(runtime.invoke("Together", {"of": 2}))
        await asyncio.sleep(0)
        with pytest.raises(FunctionFailedError, match="TooManyRequests"):
            await runtime.invoke("Sleep", {"seconds": 0})
        first.cancel()


async def test_given_threads_that_were_timed_out_when_others_are_called_then_they_run(deployment: Deployment) -> None:
    stuck = replace(deployment.functions()["Together"], timeout_s=0.05, reserved_concurrency=1)
    async with InProcessRuntime([stuck], BARE) as runtime:
        for _ in range(3):
            with pytest.raises(FunctionFailedError, match=r"Sandbox\.Timedout"):
                await runtime.invoke("Together", {"of": 10})
        assert runtime.counts()["Together"]["timeouts"] == 3


async def test_given_a_runtime_that_was_left_when_its_work_is_done_then_no_thread_remains(
    deployment: Deployment,
) -> None:
    before = set(threading.enumerate())
    async with InProcessRuntime([deployment.functions()["Sleep"]], BARE) as runtime:
        await asyncio.gather(*(runtime.invoke("Sleep", {"seconds": 0}) for _ in range(20)))
        started = set(threading.enumerate()) - before
    assert started
    for thread in started:
        await asyncio.to_thread(thread.join, 5)
    assert not any(thread.is_alive() for thread in started)


async def test_given_logs_that_cannot_be_made_when_entered_then_the_process_is_as_before(
    deployment: Deployment, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    before = dict(os.environ), list(sys.path)
    with pytest.raises(OSError, match="file"):
        async with InProcessRuntime([deployment.functions()["Echo"]], BARE, logs=tmp_path / "file"):
            pass
    assert (dict(os.environ), sys.path) == before


async def test_given_a_handler_that_leaves_when_called_then_the_exit_is_reported(deployment: Deployment) -> None:
    async with InProcessRuntime([deployment.functions()["Echo"]], BARE) as runtime:
        with pytest.raises(FunctionFailedError) as caught:
            await runtime.invoke("Echo", {"exit": 3})
    assert caught.value.error == "Runtime.ExitError"
    assert json.loads(caught.value.cause)["errorMessage"].endswith("Runtime exited with error: exit status 3")
