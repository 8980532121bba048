"""What the record of an execution tells whoever debugs a turn: every try, its backoff, what was sent, what was set."""

import asyncio

from local.clock.virtual import VirtualClock, run_virtually
from local.stepfunctions import JSON, ExecutionRecord, StateMachine, current_attempt
from tests.local.stepfunctions.scenarios import (
    Answer,
    Functions,
    execute,
    fails,
    machine_of,
    parallel,
    passing,
    retry,
    task,
    wait,
)


def test_given_a_retried_task_when_it_ends_then_each_try_has_its_times_error_and_backoff() -> None:
    states = {"A": task("f", Retry=retry("Oops", IntervalSeconds=2))}
    ran = execute(machine_of(states), {"f": [fails("Oops", "first"), Answer("fine", seconds=0.5)]}, {"x": 1})
    (state,) = ran.record.events
    failed, succeeded = state.attempts

    assert (failed.started, failed.ended) == (state.entered, state.entered)
    assert (failed.error, failed.cause, failed.backoff) == ("Oops", "first", 2)
    assert (succeeded.started - state.entered, succeeded.ended) == (2000, state.left)
    assert (succeeded.error, succeeded.backoff, succeeded.result) == (None, None, "fine")


def test_given_arguments_an_output_and_variables_when_a_task_ends_then_the_record_tells_them_apart() -> None:
    states = {"A": task("f", Arguments={"asked": "{% $states.input.x %}"}, Output="shaped", Assign={"kept": 2})}
    ran = execute(machine_of(states), {"f": Answer("raw")}, {"x": 1})
    (state,) = ran.record.events

    assert (state.input, state.output, state.assigned) == ({"x": 1}, "shaped", {"kept": 2})
    assert [(one.arguments, one.result) for one in state.attempts] == [({"asked": 1}, "raw")]


def test_given_a_branch_that_is_stopped_when_recorded_then_its_try_ends_with_it() -> None:
    states = {
        "P": parallel({"Wait": wait(1, Next="Fail"), "Fail": {"Type": "Fail", "Error": "Late"}}, {"A": task("f")})
    }
    ran = execute(machine_of(states), {"f": Answer(seconds=9)}, {})
    stopped = next(state for state in ran.record.events if state.name == "A")

    assert stopped.status == "aborted"
    assert [(one.ended, one.error, one.result) for one in stopped.attempts] == [(stopped.left, None, None)]


def test_given_branches_when_functions_are_called_then_each_call_notes_on_its_own_attempt() -> None:
    states = {"P": parallel({"A": task("a")}, {"B": task("b", Next="C"), "C": passing()})}
    machine = StateMachine.compile(machine_of(states), name="noted")
    functions = Functions({"a": Answer(seconds=2), "b": Answer(seconds=1)})

    async def invoke(function: str, payload: JSON) -> JSON:
        current_attempt.get().notes["called"] = function
        return await functions(function, payload)

    async def main(clock: VirtualClock) -> ExecutionRecord:
        return await machine.run({}, invoke, clock=clock)

    record = run_virtually(main)
    noted = {state.name: [one.notes for one in state.attempts] for state in record.events}
    (a,), (b,) = noted["A"], noted["B"]
    assert a["called"].endswith(":a")
    assert b["called"].endswith(":b")
    assert noted["C"] == []


def test_given_an_execution_that_is_cancelled_when_recorded_then_it_is_aborted_with_what_it_did() -> None:
    machine = StateMachine.compile(machine_of({"A": passing(Next="B"), "B": wait(9)}), name="cancelled")

    async def main(clock: VirtualClock) -> ExecutionRecord:
        record = machine.begin({}, clock=clock)
        running = asyncio.ensure_future(machine.carry_out(record, Functions({}), clock=clock))
        await asyncio.sleep(1)
        assert (record.status, [state.status for state in record.events]) == ("RUNNING", ["succeeded", "running"])
        running.cancel()
        await asyncio.wait([running])
        return record

    record = run_virtually(main)
    assert (record.status, [state.status for state in record.events]) == ("ABORTED", ["succeeded", "aborted"])
    assert record.ended == record.started + 1000


def test_given_an_execution_when_it_reads_its_context_then_its_arn_is_the_records() -> None:
    machine = StateMachine.compile(
        machine_of({"A": passing(Output="{% $states.context.Execution.Id %}")}), name="machine"
    )

    async def main(clock: VirtualClock) -> tuple[ExecutionRecord, ExecutionRecord]:
        one = await machine.run({}, Functions({}), clock=clock, execution_name="same")
        return one, await machine.run({}, Functions({}), clock=clock, execution_name="same")

    one, other = run_virtually(main)
    assert one.output == one.arn
    assert one.arn.startswith("arn:aws:states:us-east-1:000000000000:express:machine:same:")
    assert one.arn != other.arn
