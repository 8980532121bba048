"""Catch: which errors, with what output, and what becomes of errors in it."""

import pytest

from tests.local.stepfunctions.scenarios import (
    GUIDE,
    Answer,
    Rule,
    catch,
    fail,
    fails,
    parallel,
    passing,
    retry,
    task,
    verify,
    wait,
)

ERRORS = GUIDE + "concepts-error-handling.html"
JSONATA = GUIDE + "transforming-data.html"
CAUGHT = {"Caught": passing()}
UNDEFINED = "{% $states.input.nowhere %}"

RULES = [
    Rule(
        "the output of a caught error is its error output",
        ERRORS,
        {"A": task("broken", Catch=catch("Caught", "Oops")), **CAUGHT},
        {"broken": fails("Oops", '{"errorMessage": "no"}')},
        output={"Error": "Oops", "Cause": '{"errorMessage": "no"}'},
        check=lambda ran: ran.status("A") == "caught" and ran.record.events[0].error == "Oops",
    ),
    Rule(
        "Output of a Catch sees the state's input and the error output",
        JSONATA,
        {
            "A": task(
                "broken",
                Catch=catch("Caught", Output=["{% $states.input.x %}", "{% $states.errorOutput.Error %}"]),
            ),
            **CAUGHT,
        },
        {"broken": fails("Oops")},
        input={"x": 1},
        output=[1, "Oops"],
    ),
    Rule(
        "Assign of a Catch is made, that of the state is not",
        GUIDE + "workflow-variables.html",
        {
            "A": task(
                "broken", Assign={"a": 1}, Catch=catch("Caught", Assign={"e": "{% $states.errorOutput.Error %}"})
            ),
            "Caught": passing(Output={"e": "{% $e %}", "a": "{% $exists($a) %}"}),
        },
        {"broken": fails("Oops")},
        output={"e": "Oops", "a": False},
    ),
    Rule(
        "the first catcher that names the error is taken",
        ERRORS,
        {
            "A": task(
                "broken",
                Catch=[
                    {"ErrorEquals": ["Other"], "Next": "Wrong"},
                    {"ErrorEquals": ["One", "Oops"], "Next": "Caught"},
                    {"ErrorEquals": ["States.ALL"], "Next": "Wrong"},
                ],
            ),
            "Wrong": fail("Wrong"),
            **CAUGHT,
        },
        {"broken": fails("Oops")},
        output={"Error": "Oops", "Cause": ""},
    ),
    Rule(
        "States.TaskFailed takes any error of a function",
        ERRORS,
        {"A": task("broken", Catch=catch("Caught", "States.TaskFailed")), **CAUGHT},
        {"broken": fails("Oops")},
        output={"Error": "Oops", "Cause": ""},
    ),
    Rule(
        "States.TaskFailed does not take a timeout",
        ERRORS,
        {"A": task("slow", TimeoutSeconds=1, Catch=catch("Caught", "States.TaskFailed")), **CAUGHT},
        {"slow": Answer(seconds=9)},
        status="FAILED",
        error="States.Timeout",
        seconds=1,
    ),
    Rule(
        "a failed query can be caught by name, and its cause names state, expression and field",
        JSONATA,
        {"A": task("any", Arguments={"x": UNDEFINED}, Catch=catch("Caught", "States.QueryEvaluationError")), **CAUGHT},
        {"any": Answer()},
        output={
            "Error": "States.QueryEvaluationError",
            "Cause": "An error occurred while executing the state 'A' (entered at the event id #2). The JSONata"
            " expression '$states.input.nowhere' specified for the field 'Arguments/x' returned nothing (undefined).",
        },
    ),
    Rule(
        "a failed query of the state's Output is caught by its Catch",
        JSONATA,
        {"A": task("any", Output=UNDEFINED, Catch=catch("Caught", Output="caught")), **CAUGHT},
        {"any": Answer()},
        output="caught",
    ),
    Rule(
        "an error in Output of a Catch fails the state",
        JSONATA,
        {"A": task("broken", Catch=catch("Caught", Output=UNDEFINED)), **CAUGHT},
        {"broken": fails("Oops")},
        status="FAILED",
        error="States.QueryEvaluationError",
    ),
    Rule(
        "an error in Assign of a Catch fails the state",
        JSONATA,
        {"A": task("broken", Catch=catch("Caught", Assign={"x": UNDEFINED})), **CAUGHT},
        {"broken": fails("Oops")},
        status="FAILED",
        error="States.QueryEvaluationError",
        check=lambda ran: "for the field 'Catch[0]/Assign/x'" in (ran.record.cause or ""),
    ),
    Rule(
        "an error in a Catch is not for the next Catch of the state, nor for its Retry",
        JSONATA,
        {
            "A": task(
                "broken",
                Retry=retry("States.QueryEvaluationError"),
                Catch=[*catch("Caught", "Oops", Output=UNDEFINED), *catch("Caught")],
            ),
            **CAUGHT,
        },
        {"broken": fails("Oops")},
        status="FAILED",
        error="States.QueryEvaluationError",
        seconds=0,
    ),
    Rule(
        "an error in a Catch is for the Catch of the state around it",
        JSONATA,
        {
            "P": parallel(
                {"A": task("broken", Catch=catch("B", Output=UNDEFINED)), "B": passing()},
                Catch=catch("Caught", Output="{% $states.errorOutput.Error %}"),
            ),
            **CAUGHT,
        },
        {"broken": fails("Oops")},
        output="States.QueryEvaluationError",
    ),
    Rule(
        "a state that fails sets no variable",
        GUIDE + "workflow-variables.html",
        {
            "A": task("any", Assign={"v": 1}, Output=UNDEFINED, Catch=catch("Caught", Output="{% $exists($v) %}")),
            **CAUGHT,
        },
        {"any": Answer()},
        output=False,
    ),
    Rule(
        "the result is not there in Arguments, nor the error output outside of a Catch",
        JSONATA,
        {
            "A": task(
                "any", Arguments={"x": "{% $exists($states.result) or $exists($states.errorOutput) %}"}, Next="B"
            ),
            "B": passing(Output="{% $exists($states.result) %}"),
        },
        {"any": Answer("fine")},
        output=False,
        check=lambda ran: ran.functions.payloads == [{"x": False}],
    ),
    Rule(
        "a caught state may lead back to itself",
        ERRORS,
        {"A": task("flaky", Catch=catch("Pause")), "Pause": wait(1, Next="A")},
        {"flaky": [fails("Oops"), Answer("fine")]},
        output="fine",
        check=lambda ran: ran.states() == ["A", "Pause", "A"],
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule)
def test_given_an_error_when_a_state_catches_it_then_the_rule_holds(rule: Rule) -> None:
    verify(rule)
