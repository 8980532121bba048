"""Parallel: what its branches get, what comes of them, who sees which variable."""

import pytest

from tests.local.stepfunctions.scenarios import (
    GUIDE,
    Answer,
    Rule,
    fail,
    fails,
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
        "the first of two failures is the state's error",
        PARALLEL,
        {"P": parallel({"A": wait(2, Next="Late"), "Late": fail("Second")}, {"B": fail("First")})},
        status="FAILED",
        error="First",
        seconds=0,
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
