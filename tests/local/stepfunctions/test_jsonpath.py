"""JSONPath data flow, Choice operators, intrinsic functions and their errors."""

from typing import Any

import pytest

from tests.local.stepfunctions.scenarios import (
    GUIDE,
    Answer,
    Rule,
    catch,
    execute,
    fails,
    machine_of,
    parallel,
    passing,
    task,
    verify,
)

JSONPATH = {"QueryLanguage": "JSONPath"}
PATHS = GUIDE + "amazon-states-language-paths.html"
PARAMETERS = GUIDE + "input-output-inputpath-params.html"
RESULT_PATH = GUIDE + "input-output-resultpath.html"
OUTPUT_PATH = GUIDE + "input-output-example.html"
ERRORS = GUIDE + "concepts-error-handling.html"
FAIL = GUIDE + "state-fail.html"
VARIABLES = GUIDE + "workflow-variables.html"
ORDER = {"order": {"id": 7, "items": [{"n": 1}, {"n": 2}]}, "other": True}


def rule(text: str, page: str, states: dict[str, Any], *answers: Answer, **fields: Any) -> Rule:
    return Rule(text, page, states, {"f": answers} if answers else {}, machine=JSONPATH, **fields)


RULES = [
    rule("InputPath selects the input", PARAMETERS, {"A": passing(InputPath="$.order.id")}, input=ORDER, output=7),
    rule("InputPath null gives an empty object", PARAMETERS, {"A": passing(InputPath=None)}, input=ORDER, output={}),
    rule("OutputPath selects the output", OUTPUT_PATH, {"A": passing(OutputPath="$.order.id")}, input=ORDER, output=7),
    rule("OutputPath null gives an empty object", OUTPUT_PATH, {"A": passing(OutputPath=None)}, input=ORDER, output={}),
    rule(
        "Parameters computes the members whose names end in .$, and leaves the others",
        PARAMETERS,
        {"A": passing(Parameters={"id.$": "$.order.id", "plain": "$.order.id", "deep": [{"all.$": "$"}]})},
        input={"order": {"id": 7}},
        output={"id": 7, "plain": "$.order.id", "deep": [{"all": {"order": {"id": 7}}}]},
    ),
    rule(
        "Parameters sees what InputPath selected",
        PARAMETERS,
        {"A": passing(InputPath="$.order", Parameters={"id.$": "$.id"})},
        input=ORDER,
        output={"id": 7},
    ),
    rule(
        "ResultPath puts the result into the raw input, making objects on the way",
        RESULT_PATH,
        {"A": passing(InputPath="$.order.id", ResultPath="$.new.deep.id")},
        input={"order": {"id": 7}},
        output={"order": {"id": 7}, "new": {"deep": {"id": 7}}},
    ),
    rule(
        "ResultPath null discards the result",
        RESULT_PATH,
        {"A": task("f", ResultPath=None)},
        Answer("lost"),
        input={"x": 1},
        output={"x": 1},
    ),
    rule(
        "ResultSelector shapes the result before ResultPath, and knows the context object",
        PARAMETERS,
        {"A": task("f", ResultSelector={"v.$": "$.value", "s.$": "$$.State.Name"}, ResultPath="$.result")},
        Answer({"value": 1, "noise": 2}),
        input={"x": 1},
        output={"x": 1, "result": {"v": 1, "s": "A"}},
    ),
    rule(
        "ResultPath of a Catch puts the error output into the raw input",
        ERRORS,
        {"A": task("f", Catch=catch("B", ResultPath="$.error")), "B": passing()},
        fails("Oops", "why"),
        input={"x": 1},
        output={"x": 1, "error": {"Error": "Oops", "Cause": "why"}},
    ),
    rule(
        "$ of Assign is the result",
        VARIABLES,
        {
            "A": task("f", Assign={"v.$": "$.value", "name.$": "$$.State.Name"}, ResultPath=None, Next="B"),
            "B": passing(Parameters={"v.$": "$v", "name.$": "$name", "x.$": "$.x"}),
        },
        Answer({"value": 1}),
        input={"x": 2},
        output={"v": 1, "name": "A", "x": 2},
    ),
    rule(
        "a definite path gives its value", PATHS, {"A": passing(InputPath="$.order.items[1].n")}, input=ORDER, output=2
    ),
    rule(
        "a negative index counts from the end",
        PATHS,
        {"A": passing(InputPath="$.order.items[-1].n")},
        input=ORDER,
        output=2,
    ),
    rule("a name may be quoted", PATHS, {"A": passing(InputPath="$['order']['id']")}, input=ORDER, output=7),
    rule("a wildcard gives a list", PATHS, {"A": passing(InputPath="$.order.items[*].n")}, input=ORDER, output=[1, 2]),
    rule("a slice gives a list", PATHS, {"A": passing(InputPath="$.order.items[0:1].n")}, input=ORDER, output=[1]),
    rule("a descendant path gives a list", PATHS, {"A": passing(InputPath="$..n")}, input=ORDER, output=[1, 2]),
    rule(
        "a filter gives a list",
        PATHS,
        {"A": passing(InputPath="$.order.items[?(@.n > 1)]")},
        input=ORDER,
        output=[{"n": 2}],
    ),
    rule(
        "a path that leads nowhere is States.Runtime, which nothing catches",
        ERRORS,
        {"A": task("f", Parameters={"x.$": "$.nowhere"}, Catch=catch("B")), "B": passing()},
        Answer(),
        status="FAILED",
        error="States.Runtime",
        cause="An error occurred while executing the state 'A' (entered at the event id #2). The JSONPath '$.nowhere'"
        " specified for the field 'x.$' could not be found in the input '{}'",
        check=lambda ran: ran.functions.called == [],
    ),
    rule(
        "a ResultPath that does not fit the input is States.ResultPathMatchFailure, which a Catch takes",
        ERRORS,
        {"A": task("f", ResultPath="$.list[3]", Catch=catch("B", "States.ResultPathMatchFailure")), "B": passing()},
        Answer("lost"),
        input={"list": [1]},
        output={
            "Error": "States.ResultPathMatchFailure",
            "Cause": "An error occurred while executing the state 'A' (entered at the event id #2)."
            " Unable to apply ReferencePath $.list[3] to input",
        },
    ),
    rule(
        "ErrorPath and CausePath of Fail read the input",
        FAIL,
        {"F": {"Type": "Fail", "ErrorPath": "$.error", "CausePath": "$.cause"}},
        input={"error": "Custom", "cause": "why"},
        status="FAILED",
        error="Custom",
        cause="why",
    ),
    rule(
        "ErrorPath and CausePath of Fail may call a function",
        FAIL,
        {
            "F": {
                "Type": "Fail",
                "ErrorPath": "States.Format('{}.{}', $.service, $.error)",
                "CausePath": "States.JsonToString($)",
            }
        },
        input={"service": "Stock", "error": "Empty"},
        status="FAILED",
        error="Stock.Empty",
        cause='{"service":"Stock","error":"Empty"}',
    ),
    rule(
        "an ErrorPath that leads nowhere is States.Runtime",
        FAIL,
        {"F": {"Type": "Fail", "ErrorPath": "$.nowhere"}},
        status="FAILED",
        error="States.Runtime",
    ),
    rule(
        "TimeoutSecondsPath reads the seconds from the input",
        GUIDE + "state-task.html",
        {"A": task("f", TimeoutSecondsPath="$.budget", Catch=catch("B", "States.Timeout")), "B": passing()},
        Answer(seconds=60),
        input={"budget": 5},
        output={"Error": "States.Timeout", "Cause": ""},
        seconds=5,
    ),
    rule(
        "an inner branch reads outer variables by path",
        VARIABLES,
        {
            "Set": passing(Assign={"x": {"y": 1}}, Next="P"),
            "P": parallel({"A": passing(InputPath="$x.y")}, {"B": passing(Parameters={"x.$": "$x"})}),
        },
        output=[1, {"x": {"y": 1}}],
    ),
    rule(
        "a state may be in JSONata while the machine is in JSONPath",
        GUIDE + "transforming-data.html",
        {
            "A": passing(QueryLanguage="JSONata", Output="{% $states.input.x + 1 %}", Next="B"),
            "B": passing(ResultPath="$"),
        },
        input={"x": 1},
        output=2,
    ),
]


@pytest.mark.parametrize("row", RULES, ids=lambda row: row.rule)
def test_given_jsonpath_when_a_state_shapes_data_then_the_rule_holds(row: Rule) -> None:
    verify(row)


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
