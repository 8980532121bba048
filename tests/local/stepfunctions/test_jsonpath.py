"""JSONPath data flow and its errors."""

from typing import Any

import pytest

from tests.local.stepfunctions.scenarios import (
    GUIDE,
    Answer,
    Rule,
    catch,
    fails,
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
