"""Executions as a whole: what is recorded, what is shared, what is left when one is cancelled."""

import asyncio
import gc

import pytest

from local.clock.virtual import VirtualClock, run_virtually
from local.stepfunctions import JSON, Attempt, ExecutionRecord, StateMachine, StateRecord
from local.stepfunctions.execution import Branch, Execution
from local.stepfunctions.tokens import WaitingTask
from tests.local.stepfunctions.scenarios import (
    Answer,
    Functions,
    arn,
    catch,
    execute,
    fails,
    machine_of,
    parallel,
    passing,
    retry,
    task,
    wait,
)


def test_given_nested_branches_when_an_execution_ends_then_every_state_is_recorded_for_a_waterfall() -> None:
    states = {
        "Answer": parallel(
            {"Gather": parallel({"A": task("f", Retry=retry("Oops"))}, {"B": wait(2)}, Output="gathered")},
            Catch=catch("Late"),
        ),
        "Late": passing(),
    }
    ran = execute(machine_of(states), {"f": [fails("Oops"), Answer("fine", seconds=0.5)]}, {"x": 1})
    rows = [
        (event.path, event.name, event.type, event.entered - ran.record.started, (event.left or 0) - event.entered)
        for event in ran.record.events
    ]
    assert rows == [
        ("", "Answer", "Parallel", 0, 2000),
        ("Answer[0]", "Gather", "Parallel", 0, 2000),
        ("Answer[0]/Gather[0]", "A", "Task", 0, 1500),
        ("Answer[0]/Gather[1]", "B", "Wait", 0, 2000),
    ]
    attempted = ran.record.events[2]
    assert (attempted.retries, attempted.input, attempted.output, attempted.error) == (1, {"x": 1}, "fine", None)
    assert (ran.record.name, (ran.record.ended or 0) - ran.record.started) == ("one", 2000)


def test_given_one_machine_when_many_executions_run_at_once_then_none_sees_anothers_variables() -> None:
    states = {
        "A": task("f", Assign={"mine": "{% $states.input %}"}, Next="P"),
        "P": parallel(
            {"B": wait(1, Next="B2"), "B2": passing(Output="{% $mine %}")}, {"C": passing(Output="{% $mine %}")}
        ),
    }
    machine = StateMachine.compile(machine_of(states), name="shared")

    async def main(clock: VirtualClock) -> list[JSON]:
        functions = Functions({"f": Answer(seconds=1)})
        records = await asyncio.gather(*(machine.run(number, functions, clock=clock) for number in range(50)))
        return [record.output for record in records]

    assert run_virtually(main) == [[number, number] for number in range(50)]


def test_given_a_caller_that_goes_away_when_an_execution_is_cancelled_then_nothing_runs_on_but_the_function() -> None:
    states = {"P": parallel({"A": task("slow", Next="Never"), "Never": task("never")}, {"B": wait(60)})}
    machine = StateMachine.compile(machine_of(states), name="cancelled")
    functions = Functions({"slow": Answer(seconds=5), "never": Answer()})

    async def main(clock: VirtualClock) -> float:
        execution = asyncio.create_task(machine.run({}, functions, clock=clock))
        await asyncio.sleep(1)
        execution.cancel()
        with pytest.raises(asyncio.CancelledError):
            await execution
        assert clock.elapsed() == 1
        assert machine.running_functions == 1
        await machine.drain()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return clock.elapsed()

    assert run_virtually(main) == 5
    assert [name for name, _ in functions.called] == ["slow"]


def test_given_an_execution_that_just_began_when_it_is_cancelled_then_only_its_function_runs_to_its_end() -> None:
    machine = StateMachine.compile(machine_of({"A": task("f", Next="B"), "B": task("f")}), name="cancelled")
    functions = Functions({"f": Answer(seconds=1)})

    async def main(clock: VirtualClock) -> None:
        execution = asyncio.create_task(machine.run({}, functions, clock=clock))
        asyncio.get_running_loop().call_soon(execution.cancel)
        with pytest.raises(asyncio.CancelledError):
            await execution
        await machine.drain()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run_virtually(main)
    assert (functions.called, functions.ended) == ([("f", 0)], [("f", 1)])


def test_given_a_function_that_breaks_unexpectedly_when_it_is_called_then_the_execution_fails_with_the_reason() -> None:
    async def broken(function: str, payload: JSON) -> JSON:
        raise ConnectionError("the worker is gone")

    async def main(clock: VirtualClock) -> tuple[str, str | None, str | None]:
        machine = StateMachine.compile(machine_of({"A": task("f", Catch=catch("B")), "B": passing()}), name="broken")
        record = await machine.run({}, broken, clock=clock)
        return record.status, record.error, record.cause

    status, error, cause = run_virtually(main)
    assert (status, error) == ("FAILED", "States.Runtime")
    assert cause is not None
    assert cause.endswith("ConnectionError: the worker is gone")


def test_given_states_that_lead_to_each_other_for_ever_when_they_run_then_the_execution_ends_all_the_same() -> None:
    choice = {"Type": "Choice", "Choices": [{"Condition": "{% false %}", "Next": "End"}], "Default": "A"}
    ran = execute(machine_of({"A": passing(Next="B"), "B": choice, "End": {"Type": "Succeed"}}), {}, {})
    assert (ran.record.status, ran.record.error) == ("FAILED", "States.Runtime")


def test_given_a_computed_argument_that_the_lambda_integration_has_not_then_the_function_is_not_called() -> None:
    invoke = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": "{% $states.input %}",
        "End": True,
    }
    arguments = {"FunctionName": arn("f"), "InvocationType": "Event"}
    ran = execute(machine_of({"A": invoke}), {"f": Answer()}, arguments)
    assert (ran.record.error, ran.functions.called) == ("States.Runtime", [])
    assert "'InvocationType'" in (ran.record.cause or "")


def test_given_many_executions_of_every_ending_when_they_are_over_then_nothing_of_them_is_kept() -> None:
    states = {
        "Which?": {
            "Type": "Choice",
            "Choices": [
                {"Condition": "{% $states.input % 4 = 0 %}", "Next": "Stopped"},
                {"Condition": "{% $states.input % 4 = 1 %}", "Next": "Failed"},
                {"Condition": "{% $states.input % 4 = 2 %}", "Next": "Late"},
            ],
            "Default": "Asked",
        },
        "Stopped": parallel({"A": task("broken")}, {"B": wait(60)}, {"C": task("slow")}, Catch=catch("End")),
        "Failed": task("broken", Retry=retry("Oops")),
        "Late": task("slow", TimeoutSeconds=1, Catch=catch("End")),
        "Asked": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "Arguments": {"FunctionName": arn("slow"), "Payload": "{% $states.context.Task.Token %}"},
            "HeartbeatSeconds": 2,
            "Catch": catch("End"),
            "End": True,
        },
        "End": passing(),
    }
    machine = StateMachine.compile(machine_of(states), name="soaked", kind="STANDARD")

    async def main(clock: VirtualClock) -> set[str]:
        functions = Functions({"broken": fails("Oops"), "slow": Answer("late", seconds=5)})
        ended = await asyncio.gather(*(machine.run(number, functions, clock=clock) for number in range(200)))
        await machine.drain()
        return {record.status for record in ended}

    def kept() -> int:
        gc.collect()
        kinds = (ExecutionRecord, StateRecord, Attempt, Execution, Branch, WaitingTask, asyncio.Task, asyncio.Handle)
        return sum(isinstance(thing, kinds) for thing in gc.get_objects())

    before = kept()
    assert run_virtually(main) == {"SUCCEEDED", "FAILED"}
    assert kept() == before
    assert (machine.running_functions, len(machine.tokens)) == (0, 0)
