"""Tasks that wait for their token: who may return it, when it is too late, what heartbeats do."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from local.clock.virtual import VirtualClock, run_virtually
from local.stepfunctions import (
    JSON,
    DefinitionError,
    ExecutionRecord,
    FunctionError,
    InvalidTokenError,
    StateMachine,
    TaskTimedOutError,
    TaskTokens,
)
from tests.local.stepfunctions.scenarios import GUIDE, catch, fail, machine_of, parallel, passing, retry, wait

CALLBACK = GUIDE + "connect-to-resource.html#connect-wait-token"
QUEUE = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
WITH_TOKEN = {"token": "{% $states.context.Task.Token %}"}

Plan = Callable[[TaskTokens, str], None]


@dataclass
class Worker:
    """Gets the token, then does what is planned, each thing so many seconds after the call."""

    tokens: TaskTokens
    plan: list[tuple[float, Plan]]
    answers_after: float = 0
    error: str | None = None
    seen: list[tuple[str, float]] = field(default_factory=list)

    async def call(self, name: str, arguments: JSON) -> JSON:
        """An integration: gets its arguments, and answers with something nobody looks at."""
        loop, token = asyncio.get_running_loop(), arguments["token"]
        self.seen.append((token, loop.time()))
        for seconds, action in self.plan:
            loop.call_later(seconds, action, self.tokens, token)
        await asyncio.sleep(self.answers_after)
        if self.error is not None:
            raise FunctionError(self.error, "why")
        return {"MessageId": "1"}

    async def invoke(self, function: str, payload: JSON) -> JSON:
        return await self.call(function, payload)


def approve(output: JSON) -> Plan:
    return lambda tokens, token: tokens.succeed(token, output)


def reject(error: str, cause: str = "") -> Plan:
    return lambda tokens, token: tokens.fail(token, error, cause)


def beat(tokens: TaskTokens, token: str) -> None:
    tokens.heartbeat(token)


def asking(**fields: Any) -> dict[str, Any]:
    end = {} if "Next" in fields else {"End": True}
    return {"Type": "Task", "Resource": QUEUE, "Arguments": WITH_TOKEN, **end, **fields}


def run(
    states: dict[str, Any], *plan: tuple[float, Plan], language: str = "JSONata", **worker: Any
) -> tuple[ExecutionRecord, Worker, float]:
    """An execution on virtual time, the worker, and the seconds it took; no token is left out."""
    tokens = TaskTokens()
    working = Worker(tokens, list(plan), **worker)
    definition = {**machine_of(states), "QueryLanguage": language}
    machine = StateMachine.compile(definition, name="asks", kind="STANDARD", tokens=tokens)

    async def main(clock: VirtualClock) -> tuple[ExecutionRecord, float]:
        record = await machine.run({}, working.invoke, call=working.call, clock=clock)
        seconds = clock.elapsed()
        await machine.drain()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return record, seconds

    record, seconds = run_virtually(main)
    assert len(tokens) == 0
    return record, working, seconds


def test_given_a_token_when_it_is_returned_a_day_later_then_its_output_is_the_tasks_result() -> None:
    states = {"Ask": asking(Output="{% $states.result.approved %}")}
    record, _, seconds = run(states, (86_400, approve({"approved": True})))
    assert (record.status, record.output, seconds) == ("SUCCEEDED", True, 86_400), CALLBACK


def test_given_jsonpath_when_a_task_waits_then_its_token_is_in_the_context_object() -> None:
    states = {"Ask": {"Type": "Task", "Resource": QUEUE, "Parameters": {"token.$": "$$.Task.Token"}, "End": True}}
    record, _, seconds = run(states, (5, approve("yes")), language="JSONPath")
    assert (record.output, seconds) == ("yes", 5)


def test_given_the_lambda_integration_when_it_waits_then_the_functions_own_result_is_dropped() -> None:
    arguments = {"FunctionName": "ask", "Payload": WITH_TOKEN}
    record, _, _ = run(
        {"Ask": asking(Resource="arn:aws:states:::lambda:invoke.waitForTaskToken", Arguments=arguments)},
        (1, approve("yes")),
    )
    assert record.output == "yes"


def test_given_a_token_when_it_is_returned_before_the_service_has_answered_then_the_task_goes_on() -> None:
    record, _, seconds = run({"Ask": asking()}, (1, approve("yes")), answers_after=10)
    assert (record.output, seconds) == ("yes", 1)


def test_given_a_token_when_it_is_returned_with_an_error_then_retry_and_catch_see_it() -> None:
    states = {
        "Ask": asking(Retry=retry("Rejected", MaxAttempts=1), Catch=catch("Caught", "Rejected")),
        "Caught": passing(),
    }
    record, worker, _ = run(states, (10, reject("Rejected", "by Aiko")))
    assert record.output == {"Error": "Rejected", "Cause": "by Aiko"}
    assert [at for _, at in worker.seen] == [0, 11]
    assert len({token for token, _ in worker.seen}) == 2, "each attempt has a token of its own"


def test_given_a_call_that_fails_when_a_task_waits_then_the_task_fails_at_once() -> None:
    record, _, seconds = run({"Ask": asking()}, error="SQS.QueueDoesNotExistException", answers_after=1)
    assert (record.error, record.cause, seconds) == ("SQS.QueueDoesNotExistException", "why", 1)


@pytest.mark.parametrize("name", ["States.Timeout", "States.HeartbeatTimeout", "States.ALL"])
def test_given_no_heartbeat_when_its_time_is_over_then_the_task_times_out_under_either_name(name: str) -> None:
    states = {"Ask": asking(HeartbeatSeconds=600, Catch=catch("Caught", name)), "Caught": passing()}
    record, _, seconds = run(states)
    assert (record.output, seconds) == ({"Error": "States.Timeout", "Cause": ""}, 600), CALLBACK


def test_given_jsonpath_when_no_heartbeat_comes_then_the_time_that_the_input_gives_counts() -> None:
    ask = {
        "Type": "Task",
        "Resource": QUEUE,
        "Parameters": {"token.$": "$$.Task.Token"},
        "HeartbeatSecondsPath": "$.beat",
        "End": True,
    }
    states = {"Set": passing(Result={"beat": 42}, Next="Ask"), "Ask": ask}
    record, _, seconds = run(states, language="JSONPath")
    assert (record.error, seconds) == ("States.Timeout", 42)


def test_given_no_heartbeat_when_only_failures_of_tasks_are_caught_then_the_execution_fails() -> None:
    states = {"Ask": asking(HeartbeatSeconds=600, Catch=catch("Caught", "States.TaskFailed")), "Caught": passing()}
    record, _, _ = run(states)
    assert (record.status, record.error) == ("FAILED", "States.Timeout")


def test_given_heartbeats_when_each_comes_in_time_then_the_task_waits_on() -> None:
    plan = [(500.0, beat), (1000.0, beat), (1500.0, approve("yes"))]
    record, _, seconds = run({"Ask": asking(HeartbeatSeconds="{% 600 %}")}, *plan)
    assert (record.output, seconds) == ("yes", 1500)


def test_given_heartbeats_when_they_stop_then_the_task_times_out_after_the_last() -> None:
    record, _, seconds = run({"Ask": asking(HeartbeatSeconds=600)}, (500, beat))
    assert (record.error, seconds) == ("States.Timeout", 1100)


def test_given_heartbeats_when_the_whole_time_is_over_then_they_do_not_help() -> None:
    states = {"Ask": asking(HeartbeatSeconds=600, TimeoutSeconds=900, Catch=catch("Caught", "States.HeartbeatTimeout"))}
    record, _, seconds = run({**states, "Caught": passing()}, (500, beat))
    assert (record.status, record.error, seconds) == ("FAILED", "States.Timeout", 900)


def test_given_a_branch_that_fails_when_its_sibling_waits_for_a_token_then_the_token_is_closed() -> None:
    late: list[str] = []

    def too_late(tokens: TaskTokens, token: str) -> None:
        with pytest.raises(TaskTimedOutError, match="does not exist anymore"):
            tokens.succeed(token, "yes")
        late.append(token)

    states = {
        "P": parallel(
            {"W": wait(1, Next="Stop"), "Stop": fail("Broken")}, {"Ask": asking(TimeoutSeconds=60)}, Catch=catch("On")
        ),
        "On": wait(5),
    }
    record, worker, seconds = run(states, (3, too_late))
    assert (record.status, seconds) == ("SUCCEEDED", 6)
    assert late == [token for token, _ in worker.seen]


def test_given_a_token_when_it_is_returned_twice_then_the_second_is_too_late() -> None:
    def twice(tokens: TaskTokens, token: str) -> None:
        tokens.succeed(token, "first")
        for too_late in (approve("second"), reject("E"), beat):
            with pytest.raises(TaskTimedOutError):
                too_late(tokens, token)

    record, _, _ = run({"Ask": asking()}, (1, twice))
    assert record.output == "first"


@pytest.mark.parametrize("token", ["", "x", "漫画", "0" * 96])
def test_given_a_token_that_nobody_issued_when_it_is_returned_then_it_is_invalid(token: str) -> None:
    for action in (approve("yes"), reject("E"), beat):
        with pytest.raises(InvalidTokenError, match="Invalid token"):
            action(TaskTokens(), token)


def test_given_an_output_longer_than_256_kib_when_the_token_is_returned_then_the_task_fails() -> None:
    record, _, _ = run({"Ask": asking()}, (1, approve("x" * 262_143)))
    assert record.error == "States.DataLimitExceeded"


def test_given_an_execution_that_is_cancelled_when_its_task_waits_then_the_token_is_closed() -> None:
    tokens = TaskTokens()
    worker = Worker(tokens, [])
    machine = StateMachine.compile(
        machine_of({"Ask": asking(HeartbeatSeconds=60)}), name="m", kind="STANDARD", tokens=tokens
    )

    async def main(clock: VirtualClock) -> None:
        running = asyncio.create_task(machine.run({}, worker.invoke, call=worker.call, clock=clock))
        await asyncio.sleep(1)
        assert len(tokens) == 1
        running.cancel()
        await asyncio.wait([running])
        assert len(tokens) == 0
        assert running.cancelled()

    run_virtually(main)


def test_given_heartbeats_no_more_frequent_than_the_timeout_when_it_is_loaded_then_it_is_refused() -> None:
    states = {"Ask": asking(HeartbeatSeconds=60, TimeoutSeconds=60)}
    with pytest.raises(DefinitionError, match="'HeartbeatSeconds': must be smaller than TimeoutSeconds"):
        StateMachine.compile(machine_of(states), name="refused", kind="STANDARD")
