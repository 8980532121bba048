"""Fail, the limits and the timeouts."""

import json

import pytest

from local.stepfunctions.json_types import MAX_PAYLOAD_BYTES
from tests.local.stepfunctions.scenarios import (
    GUIDE,
    Answer,
    Rule,
    catch,
    execute,
    fail,
    fails,
    machine_of,
    parallel,
    passing,
    retry,
    task,
    verify,
    wait,
)

ERRORS = GUIDE + "concepts-error-handling.html"
FAIL = GUIDE + "state-fail.html"
LIMITS = GUIDE + "service-quotas.html"
TASK = GUIDE + "state-task.html"
MACHINE = GUIDE + "statemachine-structure.html"
JSONATA = GUIDE + "transforming-data.html"
CAUGHT = {"Caught": passing()}

FAILURES = [
    Rule(
        "Fail ends the execution with its error and cause",
        FAIL,
        {"F": fail("E", "why")},
        status="FAILED",
        error="E",
        cause="why",
    ),
    Rule(
        "Fail without Error and Cause ends it with neither", FAIL, {"F": {"Type": "Fail"}}, status="FAILED", cause=None
    ),
    Rule(
        "Error and Cause of Fail may be computed",
        FAIL,
        {"F": {"Type": "Fail", "Error": "{% $states.input.e %}", "Cause": "{% $string($states.input) %}"}},
        input={"e": "Custom"},
        status="FAILED",
        error="Custom",
        cause='{"e":"Custom"}',
    ),
    Rule(
        "an Error of Fail that is not text is a failed query",
        FAIL,
        {"F": {"Type": "Fail", "Error": "{% 1 %}", "Cause": "why"}},
        status="FAILED",
        error="States.QueryEvaluationError",
    ),
    Rule(
        "a Cause of Fail that is undefined is a failed query",
        FAIL,
        {"F": {"Type": "Fail", "Error": "E", "Cause": "{% $states.input.nowhere %}"}},
        status="FAILED",
        error="States.QueryEvaluationError",
    ),
    Rule(
        "Fail reads variables and the context object",
        FAIL,
        {
            "Set": passing(Assign={"e": "Custom"}, Next="F"),
            "F": {"Type": "Fail", "Error": "{% $e %}", "Cause": "{% $states.context.State.Name %}"},
        },
        status="FAILED",
        error="Custom",
        cause="F",
    ),
    Rule(
        "a Choice that matches nothing and has no Default fails",
        GUIDE + "state-choice.html",
        {"C": {"Type": "Choice", "Choices": [{"Condition": "{% false %}", "Next": "S"}]}, "S": {"Type": "Succeed"}},
        status="FAILED",
        error="States.NoChoiceMatched",
    ),
    Rule(
        "a Condition that is not true or false fails",
        GUIDE + "state-choice.html",
        {"C": {"Type": "Choice", "Choices": [{"Condition": "{% 1 %}", "Next": "S"}]}, "S": {"Type": "Succeed"}},
        status="FAILED",
        error="States.QueryEvaluationError",
    ),
    Rule(
        "a result longer than 256 KiB is States.DataLimitExceeded",
        LIMITS,
        {"A": task("large", Catch=catch("Caught", "States.DataLimitExceeded", Output="caught")), **CAUGHT},
        {"large": Answer("x" * MAX_PAYLOAD_BYTES)},
        output="caught",
    ),
    Rule(
        "256 KiB are bytes of UTF-8, not characters",
        LIMITS,
        {"A": task("large")},
        {"large": Answer("漫" * (MAX_PAYLOAD_BYTES // 3))},
        status="FAILED",
        error="States.DataLimitExceeded",
    ),
    Rule(
        "exactly 256 KiB pass",
        LIMITS,
        {"A": task("large", Output="fits")},
        {"large": Answer("x" * (MAX_PAYLOAD_BYTES - 2))},
        output="fits",
    ),
    Rule(
        "arguments longer than 256 KiB are not sent",
        LIMITS,
        {"A": task("any", Arguments="{% $pad('', 262144, 'x') %}")},
        {"any": Answer()},
        status="FAILED",
        error="States.DataLimitExceeded",
        check=lambda ran: ran.functions.called == [],
    ),
    Rule(
        "what is not foreseen is States.Runtime, which nothing catches",
        ERRORS,
        {"A": task("odd", Retry=retry(), Catch=catch("Caught")), **CAUGHT},
        {"odd": Answer({1, 2})},
        status="FAILED",
        error="States.Runtime",
        seconds=0,
    ),
]

TIMEOUTS = [
    Rule(
        "TimeoutSeconds ends a Task with States.Timeout, whose cause is empty",
        TASK,
        {"A": task("slow", TimeoutSeconds=2, Catch=catch("Caught", "States.Timeout")), **CAUGHT},
        {"slow": Answer(seconds=9)},
        output={"Error": "States.Timeout", "Cause": ""},
        seconds=2,
        check=lambda ran: ran.functions.ended == [("slow", 9)],
    ),
    Rule(
        "TimeoutSeconds may be computed",
        TASK,
        {
            "A": task("slow", TimeoutSeconds="{% $states.input.budget / 1000 %}", Catch=catch("Caught", Output=1)),
            **CAUGHT,
        },
        {"slow": Answer(seconds=9)},
        input={"budget": 2000},
        output=1,
        seconds=2,
    ),
    Rule(
        "a computed TimeoutSeconds that is not a whole number is a failed query",
        JSONATA,
        {
            "A": task(
                "any", TimeoutSeconds="{% 1.5 %}", Catch=catch("Caught", "States.QueryEvaluationError", Output=1)
            ),
            **CAUGHT,
        },
        {"any": Answer()},
        output=1,
        check=lambda ran: ran.functions.called == [],
    ),
    Rule(
        "each attempt has the whole timeout",
        TASK,
        {"A": task("slow", TimeoutSeconds=2, Retry=retry("States.Timeout", MaxAttempts=1))},
        {"slow": [Answer(seconds=9), Answer("fine", seconds=1.5)]},
        output="fine",
        seconds=4.5,
    ),
    Rule(
        "a function that answers in time leaves no timer behind",
        TASK,
        {"A": task("quick", TimeoutSeconds=60)},
        {"quick": Answer("fine", seconds=1)},
        output="fine",
        seconds=1,
    ),
    Rule(
        "the execution's TimeoutSeconds ends it as TIMED_OUT, beyond every Catch",
        MACHINE,
        {"P": parallel({"A": task("slow", Catch=catch("Caught")), **CAUGHT}, Catch=catch("Late")), "Late": passing()},
        {"slow": Answer(seconds=60)},
        machine={"TimeoutSeconds": 5},
        status="TIMED_OUT",
        seconds=5,
        check=lambda ran: ran.states() == ["P", "A"] and ran.status("A") == ran.status("P") == "aborted",
    ),
    Rule(
        "a Task's longer TimeoutSeconds does not keep an execution from its own",
        MACHINE,
        {"A": task("slow", TimeoutSeconds=60, Retry=retry("States.Timeout"), Catch=catch("Caught")), **CAUGHT},
        {"slow": Answer(seconds=90)},
        machine={"TimeoutSeconds": 10},
        status="TIMED_OUT",
        error=None,
        seconds=10,
    ),
    Rule(
        "the execution's time runs on while a Task is retried",
        MACHINE,
        {"A": task("broken", Retry=retry(IntervalSeconds=60))},
        {"broken": fails("Oops")},
        machine={"TimeoutSeconds": 10},
        status="TIMED_OUT",
        seconds=10,
        check=lambda ran: ran.starts("broken") == [0],
    ),
    Rule(
        "an Express execution ends after five minutes",
        LIMITS,
        {"W": wait(3600)},
        status="TIMED_OUT",
        seconds=300,
    ),
]


@pytest.mark.parametrize("rule", [*FAILURES, *TIMEOUTS], ids=lambda rule: rule.rule)
def test_given_a_state_that_fails_or_takes_too_long_then_the_rule_holds(rule: Rule) -> None:
    verify(rule)


def test_given_a_long_cause_when_a_state_fails_then_it_is_cut_to_what_aws_keeps() -> None:
    ran = execute(machine_of({"A": task("broken")}), {"broken": fails("E" * 300, json.dumps("c" * 40_000))}, {})
    assert (len(ran.record.error or ""), len(ran.record.cause or "")) == (256, 32_768)
