"""Step Functions' service as an unchanged boto3 client meets it."""

import asyncio
import gc
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.cloud.clients import Clients
from local.executions import EXECUTIONS_KEPT
from local.integrations import SdkCalls, check
from local.lambda_runtime import FunctionFailedError
from local.machines import StateMachines
from local.parts import served
from local.stepfunctions_api import StepFunctionsApi, stepfunctions_app
from local.template import StateMachineSpec

ACCOUNT = "arn:aws:states:us-east-1:123456789012"
ECHO = "arn:aws:lambda:us-east-1:123456789012:function:echo"
DEFINITION = {
    "StartAt": "Echo",
    "States": {"Echo": {"Type": "Task", "Resource": ECHO, "End": True}},
}
WAITING = {
    "StartAt": "Ask",
    "States": {
        "Ask": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Parameters": {"QueueUrl": "people", "MessageBody.$": "$$.Task.Token"},
            "End": True,
        }
    },
}
Boto = Callable[..., Awaitable[dict[str, Any]]]


def spec(
    name: str, kind: str, definition: Mapping[str, Any] = DEFINITION, alias: str | None = "live"
) -> StateMachineSpec:
    return StateMachineSpec(name, name, f"{ACCOUNT}:stateMachine:{name}", kind, json.dumps(definition), alias)


class Echo:
    """A function that answers with its payload, fails as it is told, or waits until it may answer."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.trace_ids: list[str | None] = []

    async def invoke(
        self, function: str, payload: Any, *, trace_id: str | None = None, report: dict[str, Any] | None = None
    ) -> Any:
        self.trace_ids.append(trace_id)
        await self.open.wait()
        if payload == "fail":
            raise FunctionFailedError("TooMany", "later")
        return payload


@pytest.fixture(scope="module", autouse=True)
def _no_evaluators_are_left() -> None:
    """JSONata's evaluators may be freed only by the thread that made them, not by boto3's, whichever collects next."""
    gc.collect()


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def tokens() -> "asyncio.Queue[str]":
    """The task tokens that were sent to people."""
    return asyncio.Queue()


@pytest.fixture
def machines(echo: Echo, tokens: "asyncio.Queue[str]") -> StateMachines:
    async def send(name: str, arguments: Any) -> Any:
        await tokens.put(arguments["MessageBody"])
        return {}

    specs = [
        spec("quick", "EXPRESS"),
        spec("long", "STANDARD"),
        spec("bare", "STANDARD", alias=None),
        spec("waiting", "STANDARD", WAITING, alias=None),
    ]
    return StateMachines(specs, echo, call=send)


@pytest.fixture
async def client(machines: StateMachines) -> AsyncIterator[Any]:
    async with served(stepfunctions_app(StepFunctionsApi(machines))) as url:
        yield boto3.client(
            "stepfunctions",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=Config(inject_host_prefix=False, retries={"total_max_attempts": 1}, max_pool_connections=50),
        )
    await machines.close()


@pytest.fixture
def call(client: Any) -> Boto:
    async def on_a_thread(method: str, **parameters: Any) -> dict[str, Any]:
        answer: dict[str, Any] = await asyncio.to_thread(getattr(client, method), **parameters)
        return answer

    return on_a_thread


def arn(name: str, qualifier: str = "") -> str:
    return f"{ACCOUNT}:stateMachine:{name}{qualifier}"


async def ended(machines: StateMachines, execution_arn: str) -> None:
    """Wait until a Standard execution is over."""
    (task,) = [one.task for machine in machines for one in machine.executions if one.record.arn == execution_arn]
    await asyncio.wait([task])


async def test_given_an_express_machine_when_run_synchronously_then_the_answer_is_what_aws_gives(
    call: Boto, echo: Echo
) -> None:
    header = "Root=1-67000000-000000000000000000000001;Sampled=1"
    answer = await call(
        "start_sync_execution",
        stateMachineArn=arn("quick", ":live"),
        name="t-1",
        input='{"message": "こんにちは"}',
        traceHeader=header,
    )
    assert answer["executionArn"].startswith(f"{ACCOUNT}:express:quick:t-1:")
    assert (answer["stateMachineArn"], answer["name"]) == (arn("quick"), "t-1")
    assert (answer["status"], json.loads(answer["output"])) == ("SUCCEEDED", {"message": "こんにちは"})
    assert json.loads(answer["input"]) == {"message": "こんにちは"}
    assert answer["inputDetails"] == answer["outputDetails"] == {"included": True}
    assert answer["billingDetails"]["billedMemoryUsedInMB"] == 64
    assert answer["billingDetails"]["billedDurationInMilliseconds"] % 100 == 0
    assert answer["stopDate"] >= answer["startDate"]
    assert (answer["traceHeader"], echo.trace_ids) == (header, [header])


async def test_given_a_failing_execution_when_run_synchronously_then_the_error_is_inside_of_a_200(call: Boto) -> None:
    answer = await call("start_sync_execution", stateMachineArn=arn("quick"), input='"fail"')
    assert (answer["status"], answer["error"], answer["cause"]) == ("FAILED", "TooMany", "later")
    assert "output" not in answer


async def test_given_only_metadata_is_asked_for_when_answered_then_data_is_left_out(call: Boto) -> None:
    answer = await call("start_sync_execution", stateMachineArn=arn("quick"), includedData="METADATA_ONLY")
    assert answer["status"] == "SUCCEEDED"
    assert not {"input", "inputDetails", "output", "outputDetails"} & answer.keys()
    described = await call("describe_state_machine", stateMachineArn=arn("quick"), includedData="METADATA_ONLY")
    assert described["definition"] == "{}"


async def test_given_a_standard_machine_when_started_then_it_is_described_while_it_runs_and_afterwards(
    call: Boto, machines: StateMachines, echo: Echo
) -> None:
    echo.open.clear()
    started = await call("start_execution", stateMachineArn=arn("long", ":live"), name="one", input='{"x": 1}')
    assert started["executionArn"] == f"{ACCOUNT}:execution:long:one"
    running = await call("describe_execution", executionArn=started["executionArn"])
    assert (running["status"], running["startDate"]) == ("RUNNING", started["startDate"])
    assert not {"stopDate", "output", "outputDetails"} & running.keys()

    echo.open.set()
    await ended(machines, started["executionArn"])
    over = await call("describe_execution", executionArn=started["executionArn"])
    assert (over["status"], over["input"], over["output"]) == ("SUCCEEDED", '{"x":1}', '{"x":1}')
    assert (over["stateMachineArn"], over["stateMachineAliasArn"]) == (arn("long"), arn("long", ":live"))
    assert over["stateMachineVersionArn"] == arn("long", ":1")
    assert over["redriveStatusReason"] == "Execution is SUCCEEDED and cannot be redriven"
    of = await call("describe_state_machine_for_execution", executionArn=started["executionArn"])
    assert (of["stateMachineArn"], json.loads(of["definition"])) == (arn("long"), DEFINITION)


async def test_given_the_name_of_a_running_execution_when_started_again_then_only_the_same_input_gives_the_same_one(
    call: Boto, client: Any, machines: StateMachines, echo: Echo
) -> None:
    echo.open.clear()
    request = {"stateMachineArn": arn("long"), "name": "one"}
    first = await call("start_execution", **request, input='{"a": 1, "b": 2}')
    again = await call("start_execution", **request, input='{"a":1,"b":2}')
    assert (again["executionArn"], again["startDate"]) == (first["executionArn"], first["startDate"])
    with pytest.raises(client.exceptions.ExecutionAlreadyExists, match=first["executionArn"]):
        await call("start_execution", **request, input='{"a": 2}')

    echo.open.set()
    await ended(machines, first["executionArn"])
    with pytest.raises(client.exceptions.ExecutionAlreadyExists):
        await call("start_execution", **request, input='{"a": 1, "b": 2}')
    assert len(echo.trace_ids) == 1


async def test_given_an_express_machine_when_started_then_its_names_may_repeat_and_nothing_describes_it(
    call: Boto, client: Any, machines: StateMachines
) -> None:
    started = [await call("start_execution", stateMachineArn=arn("quick"), name="same") for _ in range(2)]
    arns = {one["executionArn"] for one in started}
    assert len(arns) == 2
    for method in ("describe_execution", "stop_execution", "describe_state_machine_for_execution"):
        with pytest.raises(client.exceptions.InvalidArn, match="Resource type not valid in this context: express"):
            await call(method, executionArn=started[0]["executionArn"])
    with pytest.raises(client.exceptions.StateMachineTypeNotSupported):
        await call("list_executions", stateMachineArn=arn("quick"))
    await ended(machines, started[1]["executionArn"])
    record = machines.record("same")
    assert record is not None
    assert (record.status, record.arn) == ("SUCCEEDED", started[1]["executionArn"])


async def test_given_a_running_execution_when_stopped_then_it_is_aborted_with_the_error_given(
    call: Boto, echo: Echo
) -> None:
    echo.open.clear()
    started = await call("start_execution", stateMachineArn=arn("long"), name="one")
    stopped = await call("stop_execution", executionArn=started["executionArn"], error="Enough", cause="of it")
    again = await call("stop_execution", executionArn=started["executionArn"], error="Too late")
    described = await call("describe_execution", executionArn=started["executionArn"])
    assert (described["status"], described["error"], described["cause"]) == ("ABORTED", "Enough", "of it")
    assert described["stopDate"] == stopped["stopDate"] == again["stopDate"]
    echo.open.set()


async def test_given_an_execution_that_has_not_taken_a_step_when_stopped_then_it_is_aborted_all_the_same(
    machines: StateMachines, echo: Echo
) -> None:
    execution = machines.start(arn("long"), {}, name="one")
    await execution.stop("Enough")
    assert (execution.record.status, execution.record.error) == ("ABORTED", "Enough")
    assert execution.record.ended == execution.record.started
    assert echo.trace_ids == []


async def test_given_executions_when_listed_then_they_come_latest_first_page_by_page_and_by_status(
    call: Boto, client: Any, machines: StateMachines
) -> None:
    for number in range(5):
        target = arn("long", ":live" if number == 4 else "")
        value = '"fail"' if number == 2 else "{}"
        started = await call("start_execution", stateMachineArn=target, name=str(number), input=value)
        await ended(machines, started["executionArn"])
    pages = client.get_paginator("list_executions").paginate(
        stateMachineArn=arn("long"), PaginationConfig={"PageSize": 2}
    )
    listed = await asyncio.to_thread(lambda: [[one["name"] for one in page["executions"]] for page in pages])
    assert listed == [["4", "3"], ["2", "1"], ["0"]]
    failed = await call("list_executions", stateMachineArn=arn("long"), statusFilter="FAILED")
    assert [(one["name"], one["status"]) for one in failed["executions"]] == [("2", "FAILED")]
    by_alias = await call("list_executions", stateMachineArn=arn("long", ":live"))
    assert [one["name"] for one in by_alias["executions"]] == ["4"]
    with pytest.raises(client.exceptions.InvalidToken):
        await call("list_executions", stateMachineArn=arn("long"), nextToken="made up")


async def test_given_the_template_when_machines_are_listed_and_described_then_they_are_as_deployed(call: Boto) -> None:
    listed = await call("list_state_machines")
    assert [(one["name"], one["type"]) for one in listed["stateMachines"]] == [
        ("bare", "STANDARD"),
        ("long", "STANDARD"),
        ("quick", "EXPRESS"),
        ("waiting", "STANDARD"),
    ]
    described = await call("describe_state_machine", stateMachineArn=arn("quick"))
    assert (described["name"], described["type"], described["status"]) == ("quick", "EXPRESS", "ACTIVE")
    assert json.loads(described["definition"]) == DEFINITION
    version = await call("describe_state_machine", stateMachineArn=arn("quick", ":1"))
    assert version["stateMachineArn"] == arn("quick", ":1")


async def test_given_aliases_when_described_then_they_lead_to_the_only_version(call: Boto, client: Any) -> None:
    alias = await call("describe_state_machine_alias", stateMachineAliasArn=arn("long", ":live"))
    assert alias["name"] == "live"
    assert alias["routingConfiguration"] == [{"stateMachineVersionArn": arn("long", ":1"), "weight": 100}]
    aliases = await call("list_state_machine_aliases", stateMachineArn=arn("long"))
    assert [one["stateMachineAliasArn"] for one in aliases["stateMachineAliases"]] == [arn("long", ":live")]
    versions = await call("list_state_machine_versions", stateMachineArn=arn("bare"))
    assert versions["stateMachineVersions"] == []
    with pytest.raises(client.exceptions.ResourceNotFound):
        await call("describe_state_machine_alias", stateMachineAliasArn=arn("long"))


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [  # action, parameters, error, message
    ("start_sync_execution", {"stateMachineArn": arn("none")}, "StateMachineDoesNotExist", "none"),
    ("start_execution", {"stateMachineArn": arn("none")}, "StateMachineDoesNotExist", "none"),
    ("start_sync_execution", {"stateMachineArn": arn("long")}, "StateMachineTypeNotSupported", "not supported"),
    ("describe_state_machine", {"stateMachineArn": "quick"}, "InvalidArn", "Invalid ARN prefix: quick"),
    ("describe_state_machine", {"stateMachineArn": "arn:aws:states"}, "InvalidArn", "Invalid ARN: arn:aws:states"),
    ("start_execution", {"stateMachineArn": f"{ACCOUNT}:execution:a:b"}, "InvalidArn", "in this context: execution"),
    ("describe_execution", {"executionArn": f"{ACCOUNT}:execution:long:x"}, "ExecutionDoesNotExist", "long:x"),
    ("stop_execution", {"executionArn": f"{ACCOUNT}:execution:long:x"}, "ExecutionDoesNotExist", "long:x"),
    ("start_execution", {"stateMachineArn": arn("long"), "name": "a b"}, "InvalidName", "Invalid Name: 'a b'"),
    ("start_execution", {"stateMachineArn": arn("long"), "input": ""}, "InvalidExecutionInput", "Invalid execution"),
    ("start_execution", {"stateMachineArn": arn("long"), "input": "not"}, "InvalidExecutionInput", "Invalid State"),
    ("start_sync_execution", {"stateMachineArn": arn("quick"), "input": "NaN"}, "InvalidExecutionInput", "Invalid"),
    ("start_sync_execution", {"stateMachineArn": arn("quick"), "input": r'"\ud800"'}, "InvalidExecutionInput", "Inv"),
    (
        "start_sync_execution",
        {"stateMachineArn": arn("quick"), "input": f'"{"x" * 262_143}"'},
        "ValidationException",
        "1 validation error detected: Value at 'input' .* Member must have length less than or equal to 262144",
    ),
    (
        "list_executions",
        {"stateMachineArn": arn("long"), "statusFilter": "succeeded", "maxResults": 1001},
        "ValidationException",
        "2 validation errors detected: Value 'succeeded' at 'statusFilter' .* enum value set: .*; Value '1001' at",
    ),
    ("start_execution", {"stateMachineArn": arn("long"), "traceHeader": "日本"}, "ValidationException", "ASCII"),
    ("list_executions", {}, "ValidationException", "stateMachineArn"),
    ("send_task_success", {"taskToken": "made-up", "output": "{}"}, "InvalidToken", "Invalid Token"),
    ("send_task_success", {"taskToken": "made-up", "output": "not"}, "InvalidOutput", "Invalid Output"),
    ("create_activity", {"name": "work"}, "UnknownOperationException", "CreateActivity is not implemented"),
    ("get_execution_history", {"executionArn": "arn:x"}, "UnknownOperationException", "GET /turns/"),
]


@pytest.mark.parametrize("refused", REFUSED, ids=lambda refused: f"{refused[0]} {refused[2]}")
async def test_given_a_request_that_aws_refuses_when_sent_then_boto3_raises_the_same_error(
    call: Boto, client: Any, echo: Echo, refused: tuple[str, dict[str, Any], str, str]
) -> None:
    method, parameters, error, message = refused
    with pytest.raises(ClientError, match=message) as raised:
        await call(method, **parameters)
    assert raised.value.response["Error"]["Code"] == error
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    if error in client.meta.service_model.shape_names:
        assert type(raised.value) is getattr(client.exceptions, error)
    assert echo.trace_ids == []


@pytest.mark.parametrize(
    ("request_body", "error"),
    [
        ("{broken", "SerializationException"),
        ("[]", "SerializationException"),
        ('{"stateMachineArn": 7}', "SerializationException"),
        ("{}", "ValidationException"),
        ('{"stateMachineArn": ""}', "ValidationException"),
        ('{"stateMachineArn": null}', "ValidationException"),
    ],
)
async def test_given_what_boto3_would_not_send_when_called_then_it_is_refused_all_the_same(
    machines: StateMachines, request_body: str, error: str
) -> None:
    status, body = await StepFunctionsApi(machines).call("StartSyncExecution", request_body)
    assert (status, body["__type"]) == (400, error)


async def test_given_a_task_that_waits_when_its_token_comes_back_then_the_execution_goes_on(
    call: Boto, client: Any, machines: StateMachines, tokens: "asyncio.Queue[str]"
) -> None:
    started = [await call("start_execution", stateMachineArn=arn("waiting")) for _ in range(2)]
    first, second = [await tokens.get() for _ in range(2)]
    await call("send_task_heartbeat", taskToken=first)
    await call("send_task_success", taskToken=first, output='{"approved": true}')
    await call("send_task_failure", taskToken=second, error="Refused", cause="by hand")
    for one in started:
        await ended(machines, one["executionArn"])
    outcomes = [await call("describe_execution", executionArn=one["executionArn"]) for one in started]
    assert [one["status"] for one in outcomes] == ["SUCCEEDED", "FAILED"]
    assert (outcomes[0]["output"], outcomes[1]["error"], outcomes[1]["cause"]) == (
        '{"approved":true}',
        "Refused",
        "by hand",
    )
    with pytest.raises(client.exceptions.TaskTimedOut):
        await call("send_task_success", taskToken=first, output="{}")


async def test_given_many_callers_at_once_when_answered_then_each_gets_its_own_output(call: Boto) -> None:
    answers = await asyncio.gather(
        *(call("start_sync_execution", stateMachineArn=arn("quick"), input=str(number)) for number in range(60))
    )
    assert [answer["output"] for answer in answers] == [str(number) for number in range(60)]


async def test_given_a_caller_that_gives_up_when_it_has_gone_then_the_execution_goes_on_to_its_end(
    machines: StateMachines, echo: Echo
) -> None:
    echo.open.clear()
    caller = asyncio.ensure_future(machines.run(arn("quick"), {"x": 1}, name="left"))
    await asyncio.sleep(0)
    caller.cancel()
    await asyncio.wait([caller])
    echo.open.set()
    ((execution,),) = [list(machine.executions) for machine in machines if machine.is_express]
    assert (await execution.task).status == "SUCCEEDED"


async def test_given_a_soak_when_executions_end_then_each_machine_keeps_the_latest_and_whatever_runs(
    machines: StateMachines, echo: Echo
) -> None:
    echo.open.clear()
    waiting = machines.start(arn("long"), {}, name="waiting")
    await asyncio.sleep(0)
    echo.open.set()
    for number in range(EXECUTIONS_KEPT + 20):
        await machines.run(arn("quick"), number, name=str(number))
        if number == 0:
            echo.open.clear()
            running = machines.start(arn("quick"), {}, name="running")
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            echo.open.set()
    await asyncio.wait([waiting.task, running.task])
    quick, long, *_ = machines
    assert len(list(quick.executions)) == EXECUTIONS_KEPT
    assert [one.record.name for one in long.executions] == ["waiting"]
    assert machines.record("0") is None
    assert machines.record(str(EXECUTIONS_KEPT + 19)) is not None


async def test_given_running_executions_when_the_stack_ends_then_they_are_aborted(
    machines: StateMachines, echo: Echo
) -> None:
    echo.open.clear()
    started = [machines.start(arn("long"), {}, name=str(number)) for number in range(3)]
    await asyncio.sleep(0)
    closing = asyncio.ensure_future(machines.close())
    await asyncio.wait([one.task for one in started])
    echo.open.set()
    await closing
    assert {one.record.status for one in started} == {"ABORTED"}


async def test_given_a_machine_that_starts_another_when_run_then_its_call_comes_back_to_this_service(
    echo: Echo,
) -> None:
    start = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:sfn:startExecution",
        "Parameters": {"StateMachineArn": arn("long"), "Name": "child", "Input": {"x": 1}},
        "End": True,
    }
    calls: list[SdkCalls] = []

    async def call(name: str, arguments: Any) -> Any:
        return await calls[0].call(name, arguments)

    specs = [spec("long", "STANDARD"), spec("parent", "STANDARD", {"StartAt": "Start", "States": {"Start": start}})]
    machines = StateMachines(specs, echo, call=call, check=check)
    async with served(stepfunctions_app(StepFunctionsApi(machines))) as url:
        clients = Clients("http://127.0.0.1:1", "us-east-1").reaching({"AWS_ENDPOINT_URL_SFN": url})
        calls.append(SdkCalls(clients))
        parent = await machines.run(arn("parent"), {}, name="parent")
        await ended(machines, f"{ACCOUNT}:execution:long:child")
    child = machines.record("child")
    assert (parent.status, parent.output["ExecutionArn"]) == ("SUCCEEDED", f"{ACCOUNT}:execution:long:child")
    assert child is not None
    assert (child.status, child.output) == ("SUCCEEDED", {"x": 1})
