"""Handlers called in this process, with the same answers and errors as in a worker."""

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from local.lambda_runtime import FunctionFailedError, InProcessRuntime
from local.lambda_runtime.environment import Surroundings
from local.lambda_runtime.in_process import ConflictingEnvironmentsError
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
