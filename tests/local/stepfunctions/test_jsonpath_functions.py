"""Operators of Choice and intrinsic functions, in JSONPath.

https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
"""

from typing import Any

import pytest

from tests.local.stepfunctions.scenarios import (
    Answer,
    catch,
    execute,
    machine_of,
    passing,
    task,
)

JSONPATH = {"QueryLanguage": "JSONPath"}


DOCUMENT = {"text": "漫画*1", "number": 3, "same": 3, "flag": True, "none": None, "at": "2026-11-23T20:00:00+09:00"}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"Variable": "$.number", "NumericGreaterThanEquals": 3}, True),
        ({"Variable": "$.number", "NumericEqualsPath": "$.same"}, True),
        ({"Variable": "$.flag", "NumericEquals": 1}, False),
        ({"Variable": "$.flag", "BooleanEquals": True}, True),
        ({"Variable": "$.text", "StringLessThan": "漫画*2"}, True),
        ({"Variable": "$.text", "StringMatches": "漫*"}, True),
        ({"Variable": "$.text", "StringMatches": "漫画\\*1"}, True),
        ({"Variable": "$.text", "StringMatches": "漫画\\*2"}, False),
        ({"Variable": "$.at", "TimestampEquals": "2026-11-23T11:00:00Z"}, True),
        ({"Variable": "$.at", "TimestampLessThan": "2026-11-23T12:00:00Z"}, True),
        ({"Variable": "$.none", "IsNull": True}, True),
        ({"Variable": "$.none", "IsPresent": True}, True),
        ({"Variable": "$.nowhere", "IsPresent": False}, True),
        ({"Variable": "$.text", "IsTimestamp": True}, False),
        ({"Not": {"Variable": "$.flag", "BooleanEquals": True}}, False),
        ({"And": [{"Variable": "$.nowhere", "IsPresent": True}, {"Variable": "$.nowhere", "NumericEquals": 1}]}, False),
        ({"Or": [{"Variable": "$.number", "NumericEquals": 4}, {"Variable": "$.number", "NumericEquals": 3}]}, True),
    ],
)
def test_given_a_rule_when_a_choice_evaluates_it_then_it_holds_as_documented(
    condition: dict[str, Any], holds: bool
) -> None:
    states = {
        "C": {"Type": "Choice", "Choices": [{**condition, "Next": "Yes"}], "Default": "No"},
        "Yes": passing(Result=True),
        "No": passing(Result=False),
    }
    record = execute(machine_of(states, **JSONPATH), {}, DOCUMENT).record
    assert record.output is holds, record.cause


def test_given_a_missing_variable_when_a_choice_compares_it_then_the_execution_fails() -> None:
    choices = [{"Variable": "$.nowhere", "NumericEquals": 1, "Next": "S"}]
    states = {"C": {"Type": "Choice", "Choices": choices, "Default": "S"}, "S": {"Type": "Succeed"}}
    record = execute(machine_of(states, **JSONPATH), {}, {}).record
    assert (record.status, record.error) == ("FAILED", "States.Runtime")


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("States.Format('{} of {}\\{\\}', $.text, States.Array(1, true, null))", "a,b of [1, true, null]{}"),
        ("States.StringSplit($.text, ',')", ["a", "b"]),
        ("States.ArrayUnique($.list)", [3, 1, 2, True]),
        ("States.ArrayLength($.list)", 5),
        ("States.ArrayContains($.list, 3)", True),
        ("States.ArrayPartition($.list, 2)", [[3, 1], [3, 2], [True]]),
        ("States.ArrayRange(3, -1, -2)", [3, 1, -1]),
        ("States.JsonMerge($.one, $.two, false)", {"a": 1, "b": 3}),
        ("States.StringToJson('{\"it\\'s\": [1]}')", {"it's": [1]}),
        ("States.JsonToString($.one)", '{"a":1,"b":2}'),
        ("States.MathAdd(2.5, -1)", 2),
        ("States.Base64Decode(States.Base64Encode($.text))", "a,b"),
        ("States.Hash($.text, 'MD5')", "b345e1dc09f20fdefdea469f09167892"),
    ],
)
def test_given_an_intrinsic_function_when_it_is_called_then_it_answers_as_documented(call: str, expected: Any) -> None:
    document = {"text": "a,b", "list": [3, 1, 3, 2, True], "one": {"a": 1, "b": 2}, "two": {"b": 3}}
    record = execute(machine_of({"A": passing(Parameters={"x.$": call})}, **JSONPATH), {}, document).record
    assert record.output == {"x": expected}, record.cause


@pytest.mark.parametrize(
    "call",
    [
        "States.ArrayGetItem(States.Array(1), 1)",
        "States.Format('{}')",
        "States.ArrayRange(0, 2000, 1)",
        "States.JsonMerge(States.StringToJson('{}'), States.StringToJson('{}'), true)",
        "States.MathAdd('1', 2)",
        "States.Hash('x', 'CRC')",
    ],
)
def test_given_a_bad_argument_when_an_intrinsic_function_is_called_then_it_fails_and_a_catch_may_say_so(
    call: str,
) -> None:
    failing = task("f", Parameters={"x.$": call}, Catch=catch("B", "States.IntrinsicFailure", ResultPath="$.caught"))
    ran = execute(machine_of({"A": failing, "B": passing()}, **JSONPATH), {"f": Answer()}, {})
    assert ran.record.output["caught"]["Error"] == "States.IntrinsicFailure"
    assert "executing the state 'A'" in ran.record.output["caught"]["Cause"]
    assert ran.functions.called == []


def test_given_a_missing_argument_when_an_intrinsic_function_is_called_then_the_execution_fails() -> None:
    call = "States.MathAdd($.nowhere, 2)"
    record = execute(machine_of({"A": passing(Parameters={"x.$": call})}, **JSONPATH), {}, {}).record
    assert (record.status, record.error) == ("FAILED", "States.Runtime")
