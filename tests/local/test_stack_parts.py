"""The parts of the stack that need no model: ports, identity, model servers, state machines, the command line."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from aiohttp import web

from local.__main__ import environment, main, mint
from local.errors import ModelServerError, NotRunningError, PortTakenError
from local.executions import EXECUTIONS_KEPT
from local.hosting import Container
from local.identity import AUDIENCE, IdentityProvider
from local.lambda_runtime import FunctionFailedError, UnknownFunctionError
from local.machines import StateMachines
from local.model_servers import ModelServer
from local.parts import listen, served, together
from local.template import Deployment


class Echo:
    """Functions that answer with their payload, or fail as they are told."""

    async def invoke(
        self, function: str, payload: Any, *, trace_id: str | None = None, report: dict[str, Any] | None = None
    ) -> Any:
        if payload == "fail":
            raise FunctionFailedError("TooMany", "later")
        if payload == "unknown":
            raise UnknownFunctionError(function)
        return payload


@pytest.fixture
def machines(deployment: Deployment) -> StateMachines:
    return StateMachines(deployment.state_machines().values(), Echo())


@pytest.fixture
async def identity() -> AsyncIterator[IdentityProvider]:
    provider = IdentityProvider()
    async with served(provider.application()) as url:
        provider.issuer = url
        yield provider


async def test_given_an_alias_when_a_machine_is_run_then_its_record_is_kept_by_name(
    machines: StateMachines, deployment: Deployment
) -> None:
    record = await machines.run(deployment.ref("MachineAliaslive"), {"a": 1}, name="t-1")
    assert (record.status, record.output) == ("SUCCEEDED", {"a": 1})
    assert machines.record("t-1") is record
    assert machines.record("t-2") is None


@pytest.mark.parametrize(("payload", "error"), [("fail", "TooMany"), ("unknown", "Lambda.ResourceNotFoundException")])
async def test_given_a_function_that_fails_when_a_machine_is_run_then_the_error_is_lambdas(
    machines: StateMachines, deployment: Deployment, payload: str, error: str
) -> None:
    record = await machines.run(deployment.ref("Machine"), payload, name="t-1")
    assert (record.status, record.error) == ("FAILED", error)


async def test_given_many_executions_when_recorded_then_only_the_latest_are_kept(
    machines: StateMachines, deployment: Deployment
) -> None:
    for number in range(EXECUTIONS_KEPT + 1):
        await machines.run(deployment.ref("Machine"), number, name=str(number))
    assert machines.record("0") is None
    assert machines.record(str(EXECUTIONS_KEPT)) is not None


async def test_given_a_token_when_its_key_is_fetched_then_it_proves_the_customer(identity: IdentityProvider) -> None:
    token = identity.token("cust-aiko")
    keys = jwt.PyJWKClient(f"{identity.issuer}/.well-known/jwks.json")
    key = await asyncio.to_thread(keys.get_signing_key_from_jwt, token)
    claims = jwt.decode(token, key.key, algorithms=["RS256"], audience=AUDIENCE, issuer=identity.issuer)
    assert claims["sub"] == "cust-aiko"


def test_given_a_taken_port_when_the_stack_listens_then_it_says_how_to_choose_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(PortTakenError, match="PORT="):
        listen(taken.getsockname()[1])


def test_given_no_stack_when_it_is_asked_for_something_then_the_answer_says_how_to_start_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        free = probe.getsockname()[1]
    with pytest.raises(NotRunningError, match="make serve"):
        mint("cust-aiko", free)
    monkeypatch.setenv("PORT", str(free))
    for command in (["token", "cust-aiko"], ["alarms"], ["environment"]):
        assert main(command) == 1
        assert "make serve" in capsys.readouterr().err


async def test_given_a_stack_when_its_environment_is_asked_for_then_a_shell_can_evaluate_it() -> None:
    async def index(_: web.Request) -> web.Response:
        return web.json_response({"endpoints": {"AWS_ENDPOINT_URL_SFN": "http://127.0.0.1:1", "identity": "http://x"}})

    app = web.Application()
    app.router.add_get("/", index)
    async with served(app) as url:
        exports = await asyncio.to_thread(environment, int(url.rpartition(":")[2]))
    assert exports.splitlines() == [
        "export AWS_ENDPOINT_URL_SFN=http://127.0.0.1:1",
        "export AWS_DEFAULT_REGION=us-east-1",
        "export AWS_ACCESS_KEY_ID=local",
        "export AWS_SECRET_ACCESS_KEY=local",
    ]


async def test_given_a_model_server_that_ends_when_waited_for_then_its_log_is_named(tmp_path: Path) -> None:
    server = ModelServer(Container("endpoint", ("no-such-model",), {}), tmp_path / "model.log")
    async with server.running(tmp_path):
        with pytest.raises(ModelServerError, match=r"model\.log"):
            await server.ready()


async def test_given_work_side_by_side_when_one_fails_then_the_others_are_cancelled_and_its_error_is_raised() -> None:
    waiting = asyncio.Event()

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            waiting.set()

    async def fail() -> None:
        raise PortTakenError("first")

    with pytest.raises(PortTakenError, match="first"):
        await together(wait(), fail())
    assert waiting.is_set()


async def test_given_somebody_who_wants_to_know_when_an_execution_ends_then_it_is_told_with_its_outcome(
    deployment: Deployment,
) -> None:
    told: list[tuple[str, str]] = []
    machines = StateMachines(
        deployment.state_machines().values(),
        Echo(),
        ended=lambda execution: told.append((execution.machine, execution.record.status)),
    )
    await machines.run(deployment.ref("MachineAliaslive"), {"a": 1}, name="t-1")
    await machines.run(deployment.ref("Machine"), "fail", name="t-2")
    arn = deployment.ref("Machine")
    assert told == [(arn, "SUCCEEDED"), (arn, "FAILED")]


def test_given_a_parameter_without_a_value_when_the_stack_is_started_then_the_command_says_how_to_write_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["serve", "--parameter", "EndpointTopology"])
    assert "NAME=VALUE" in capsys.readouterr().err


def test_given_a_parameter_that_the_template_lacks_when_the_stack_is_started_then_it_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "0")
    assert main(["serve", "--parameter", "NoSuch=1"]) == 1
    assert "no parameter NoSuch" in capsys.readouterr().err
