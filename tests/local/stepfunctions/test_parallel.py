"""Parallel: what a failing branch does to the others, and who sees which variable."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.local.stepfunctions.scenarios import (
    GUIDE,
    Answer,
    Rule,
    catch,
    execute,
    fail,
    fails,
    machine_of,
    map_of,
    parallel,
    passing,
    retry,
    task,
    verify,
    wait,
)

PARALLEL = GUIDE + "state-parallel.html"
ERRORS = GUIDE + "concepts-error-handling.html"
VARIABLES = GUIDE + "workflow-variables.html"

RULES = [
    Rule(
        "the result is the branches' outputs in the order of the branches, not of their ends",
        PARALLEL,
        {"P": parallel({"A": wait(2, Next="A2"), "A2": passing(Output="a")}, {"B": passing(Output="b")})},
        output=["a", "b"],
        seconds=2,
    ),
    Rule(
        "every branch gets the state's input",
        PARALLEL,
        {"P": parallel({"A": passing()}, {"B": passing()})},
        input={"x": 1},
        output=[{"x": 1}, {"x": 1}],
    ),
    Rule(
        "Arguments are the input of every branch",
        PARALLEL,
        {"P": parallel({"A": passing()}, {"B": passing()}, Arguments={"y": "{% $states.input.x + 1 %}"})},
        input={"x": 1},
        output=[{"y": 2}, {"y": 2}],
    ),
    Rule(
        "branches run side by side",
        PARALLEL,
        {"P": parallel({"A": task("slow")}, {"B": task("slow")})},
        {"slow": Answer("done", seconds=3)},
        output=["done", "done"],
        seconds=3,
    ),
    Rule(
        "a branch that fails fails the state with its own error",
        PARALLEL,
        {"P": parallel({"A": fail("Broken", "why")}, {"B": passing()})},
        status="FAILED",
        error="Broken",
        cause="why",
    ),
    Rule(
        "a failing branch stops the wait of another at once, and Catch is taken",
        PARALLEL,
        {
            "P": parallel(
                {"A": wait(1, Next="Stop"), "Stop": fail("Broken")}, {"B": wait(60)}, Catch=catch("Caught", "Broken")
            ),
            "Caught": passing(Output="caught"),
        },
        output="caught",
        seconds=1,
        check=lambda ran: ran.status("B") == "aborted" and ran.status("P") == "caught",
    ),
    Rule(
        "a failing branch stops the backoff of another at once",
        PARALLEL,
        {
            "P": parallel(
                {"A": wait(1, Next="Stop"), "Stop": fail("Broken")},
                {"B": task("flaky", Retry=retry("Oops", IntervalSeconds=30))},
                Catch=catch("Caught"),
            ),
            "Caught": passing(Output="caught"),
        },
        {"flaky": fails("Oops")},
        output="caught",
        seconds=1,
        check=lambda ran: ran.starts("flaky") == [0],
    ),
    Rule(
        "a function that was invoked runs on when its branch is stopped; nobody waits for it",
        PARALLEL,
        {
            "P": parallel(
                {"A": wait(1, Next="Stop"), "Stop": fail("Broken")}, {"B": task("slow")}, Catch=catch("Caught")
            ),
            "Caught": passing(Output="caught"),
        },
        {"slow": Answer("late", seconds=10)},
        output="caught",
        seconds=1,
        check=lambda ran: ran.functions.ended == [("slow", 10)] and ran.status("B") == "aborted",
    ),
    Rule(
        "no next state of a sibling starts, not even one that is due at the same moment",
        PARALLEL,
        {
            "P": parallel(
                {"A": wait(1, Next="Stop"), "Stop": fail("Broken")},
                {"B": wait(1, Next="Never"), "Never": task("never")},
                Catch=catch("Caught"),
            ),
            "Caught": passing(Output="caught"),
        },
        {"never": Answer()},
        output="caught",
        check=lambda ran: ran.starts("never") == [] and "Never" not in ran.states(),
    ),
    Rule(
        "states deep inside a sibling stop as well",
        PARALLEL,
        {
            "P": parallel(
                {"A": wait(1, Next="Stop"), "Stop": fail("Broken")},
                {"Inner": parallel({"C": wait(1, Next="Never"), "Never": task("never")}, {"D": wait(9)})},
                Catch=catch("Caught"),
            ),
            "Caught": passing(Output="caught"),
        },
        {"never": Answer()},
        output="caught",
        seconds=1,
        check=lambda ran: (
            "Never" not in ran.states() and {ran.status(name) for name in ("C", "D", "Inner")} == {"aborted"}
        ),
    ),
    Rule(
        "a deliberate Fail hands its computed cause to the Catch around it, and siblings outside live on",
        PARALLEL,
        {
            "Outer": parallel(
                {
                    "Understand": parallel(
                        {
                            "Classify": task("classify", Next="Discard"),
                            "Discard": {
                                "Type": "Fail",
                                "Error": "SpeculationDiscarded",
                                "Cause": "{% $string($states.input) %}",
                            },
                        },
                        {"Embed": task("embed")},
                        Catch=catch(
                            "Understood", "SpeculationDiscarded", Output="{% $parse($states.errorOutput.Cause) %}"
                        ),
                    ),
                    "Understood": passing(),
                },
                {"Customer": task("customer")},
            ),
        },
        {
            "classify": Answer({"intent": "chitchat"}, seconds=0.02),
            "embed": Answer("late", seconds=3),
            "customer": Answer("aiko", seconds=0.1),
        },
        output=[{"intent": "chitchat"}, "aiko"],
        seconds=0.1,
    ),
    Rule(
        "the first of two failures is the state's error",
        PARALLEL,
        {"P": parallel({"A": wait(2, Next="Late"), "Late": fail("Second")}, {"B": fail("First")})},
        status="FAILED",
        error="First",
        seconds=0,
    ),
    Rule(
        "being stopped is no error: neither Retry nor Catch of what is stopped is taken",
        PARALLEL,
        {
            "P": parallel(
                {"A": wait(1, Next="Stop"), "Stop": fail("Broken")},
                {
                    "Inner": parallel({"B": task("slow")}, Retry=retry(), Catch=catch("Never")),
                    "Never": passing(),
                },
                Catch=catch("Caught"),
            ),
            "Caught": wait(60, Output="caught"),
        },
        {"slow": Answer(seconds=5)},
        output="caught",
        check=lambda ran: ran.states() == ["P", "A", "Inner", "B", "Stop", "Caught"] and ran.starts("slow") == [0],
    ),
    Rule(
        "the items of a Map in a sibling stop, those that had no room yet among them",
        PARALLEL,
        {
            "P": parallel(
                {"A": wait(1, Next="Stop"), "Stop": fail("Broken")},
                {"M": map_of({"Item": wait(9)}, Items=[1, 2, 3], MaxConcurrency=2)},
                Catch=catch("Caught"),
            ),
            "Caught": passing(Output="caught"),
        },
        output="caught",
        seconds=1,
        check=lambda ran: ran.states().count("Item") == 2 and ran.status("Item") == ran.status("M") == "aborted",
    ),
    Rule(
        "a backoff two Parallels deep is cut short",
        PARALLEL,
        {
            "P": parallel(
                {"A": wait(1, Next="Stop"), "Stop": fail("Broken")},
                {
                    "Inner": parallel(
                        {"Deep": parallel({"B": task("flaky", Retry=retry(IntervalSeconds=30))})},
                        Retry=retry(IntervalSeconds=30),
                    )
                },
                Catch=catch("Caught"),
            ),
            "Caught": wait(60, Output="caught"),
        },
        {"flaky": fails("Oops")},
        output="caught",
        check=lambda ran: ran.starts("flaky") == [0] and ran.status("Deep") == ran.status("Inner") == "aborted",
    ),
    Rule(
        "a Catch sees one failure, once, though siblings fail in the same moment and later",
        PARALLEL,
        {
            "P": parallel(
                {"A": task("first")}, {"B": task("same")}, {"C": task("later")}, Catch=catch("Caught", Assign={"n": 1})
            ),
            "Caught": wait(60),
        },
        {
            "first": fails("First", seconds=1),
            "same": fails("Second", seconds=1),
            "later": fails("Third", seconds=2),
        },
        output={"Error": "First", "Cause": ""},
        check=lambda ran: (
            ran.states().count("Caught") == 1
            and [ran.status(name) for name in "ABC"] == ["failed", "aborted", "aborted"]
            and ("later", 2) in ran.functions.ended
        ),
    ),
    Rule(
        "a Task that times out stops its siblings",
        GUIDE + "state-task.html",
        {
            "P": parallel(
                {"A": task("slow", TimeoutSeconds=2)}, {"B": wait(60)}, Catch=catch("Caught", "States.Timeout")
            ),
            "Caught": passing(Output="caught"),
        },
        {"slow": Answer(seconds=9)},
        output="caught",
        seconds=2,
    ),
    Rule(
        "a Parallel that is retried stops what its failed attempt left, then begins anew",
        ERRORS,
        {
            "P": parallel(
                {"A": task("flaky")},
                {"B": wait(3, Next="B2"), "B2": task("after")},
                Retry=retry("Oops", IntervalSeconds=10),
            )
        },
        {"flaky": [fails("Oops", seconds=1), Answer("fine")], "after": Answer("b")},
        output=["fine", "b"],
        check=lambda ran: ran.starts("after") == [14] and ran.starts("flaky") == [0, 11],
    ),
    Rule(
        "Output and Assign of a Parallel see the branches' outputs",
        VARIABLES,
        {
            "P": parallel(
                {"A": passing(Output={"n": 1})},
                {"B": passing(Output={"n": 2})},
                Assign={"sum": "{% $sum($states.result.n) %}"},
                Output="{% $states.result[1] %}",
                Next="C",
            ),
            "C": passing(Output=["{% $states.input %}", "{% $sum %}"]),
        },
        output=[{"n": 2}, 3],
    ),
    Rule(
        "an error that a branch catches itself stops nobody",
        ERRORS,
        {
            "P": parallel(
                {"A": task("broken", Catch=catch("Instead")), "Instead": passing(Output="instead")},
                {"B": wait(1, Next="B2"), "B2": passing(Output="b")},
            )
        },
        {"broken": fails("Oops")},
        output=["instead", "b"],
        seconds=1,
    ),
    Rule(
        "Retry of a Parallel runs every branch again",
        ERRORS,
        {
            "P": parallel(
                {"A": task("flaky")}, {"B": task("steady")}, Retry=retry("Oops", IntervalSeconds=5, MaxAttempts=1)
            )
        },
        {"flaky": [fails("Oops"), Answer("fine")], "steady": Answer("steady")},
        output=["fine", "steady"],
        seconds=5,
        check=lambda ran: ran.starts("flaky") == [0, 5] and ran.starts("steady") == [0, 5],
    ),
    Rule(
        "an inner branch reads the variables of the outer scope",
        VARIABLES,
        {
            "Set": passing(Assign={"x": 42}, Next="P"),
            "P": parallel({"A": passing(Output="{% $x + 1 %}")}, {"B": passing(Output="{% $x %}")}),
        },
        output=[43, 42],
    ),
    Rule(
        "an assignment in a branch does not leave it, nor reach a sibling",
        VARIABLES,
        {
            "P": parallel(
                {"A": passing(Assign={"y": 1}, Next="A2"), "A2": passing(Output="{% $y %}")},
                {"B": wait(1, Next="B2"), "B2": passing(Output="{% $exists($y) %}")},
                Next="After",
            ),
            "After": passing(Output={"branches": "{% $states.input %}", "known": "{% $exists($y) %}"}),
        },
        output={"branches": [1, False], "known": False},
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule)
def test_given_parallel_branches_when_they_run_then_the_rule_holds(rule: Rule) -> None:
    verify(rule)


Steps = list[Any]
"""A branch: seconds to wait, or a list of branches that run side by side."""

seconds = st.integers(0, 5)
branches: st.SearchStrategy[Steps] = st.recursive(
    st.lists(seconds, min_size=1, max_size=4),
    lambda inner: st.lists(seconds | st.lists(inner, min_size=1, max_size=3), min_size=1, max_size=3),
    max_leaves=12,
)


def states_of(steps: Steps, names: Iterator[int], last: dict[str, Any]) -> dict[str, Any]:
    """The states of a branch, one after the other, with `last` behind them."""
    states: dict[str, Any] = {}
    for step in steps:
        name = f"S{next(names)}"
        if isinstance(step, int):
            states[name] = wait(step)
        else:
            states[name] = parallel(*(states_of(branch, names, {"Type": "Succeed"}) for branch in step))
    states[f"S{next(names)}"] = last
    ordered = list(states)
    for name, following in pairwise(ordered):
        states[name] = {**{key: value for key, value in states[name].items() if key != "End"}, "Next": following}
    return states


@settings(deadline=None)
@given(branches, st.lists(branches, min_size=1, max_size=3))
def test_given_any_branches_when_one_fails_then_all_end_at_that_moment_and_none_starts_a_state_later(
    failing: Steps, others: list[Steps]
) -> None:
    names = iter(range(1000))
    side_by_side = [states_of(failing, names, fail("Broken"))]
    side_by_side += [states_of(steps, names, wait(250)) for steps in others]
    definition = machine_of({"P": parallel(*side_by_side, Catch=catch("Caught")), "Caught": wait(10)})
    record = execute(definition, {}, {}).record

    around, *inside, caught = record.events
    failed_at = around.left or 0
    assert (record.status, around.status, caught.name, caught.entered) == ("SUCCEEDED", "caught", "Caught", failed_at)
    assert all(event.entered <= failed_at and (event.left or 0) <= failed_at for event in inside)
    assert [event.name for event in inside if event.status == "failed"] == [list(side_by_side[0])[-1]]
    assert {event.status for event in inside} <= {"succeeded", "failed", "aborted"}
