"""What the record of an execution tells whoever debugs a turn: every try, its backoff, what was sent, what was set."""

from local.clock.virtual import VirtualClock, run_virtually
from local.stepfunctions import JSON, ExecutionRecord, StateMachine, current_attempt
from tests.local.stepfunctions_scenarios import (
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
