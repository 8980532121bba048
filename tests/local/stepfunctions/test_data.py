"""JSONata data flow: what each field sees, what comes out, what the functions of Step Functions do."""

import hashlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.local.stepfunctions.scenarios import (
    GUIDE,
    Answer,
    Rule,
    arn,
    execute,
    machine_of,
    passing,
    task,
    verify,
    wait,
)

DATA = GUIDE + "transforming-data.html"
VARIABLES = GUIDE + "workflow-variables.html"
CHOICE = GUIDE + "state-choice.html"
WAIT = GUIDE + "state-wait.html"
LAMBDA = GUIDE + "connect-lambda.html"


def choice(*rules: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"Type": "Choice", "Choices": list(rules), **fields}


RULES = [
    Rule("the output of Pass is its input", DATA, {"A": passing()}, input={"x": 1}, output={"x": 1}),
    Rule(
        "Output replaces the output, expressions anywhere in it",
        DATA,
        {"A": passing(Output={"a": ["{% $states.input.x %}", {"b": "{% $states.input.x + 1 %}"}], "c": "plain"})},
        input={"x": 1},
        output={"a": [1, {"b": 2}], "c": "plain"},
    ),
    Rule(
        "a text with an expression inside is a text",
        DATA,
        {"A": passing(Output="x {% 1 %} y")},
        output="x {% 1 %} y",
    ),
    Rule("null is a value", DATA, {"A": passing(Output="{% $states.input.x %}")}, input={"x": None}, output=None),
    Rule(
        "an undefined result is States.QueryEvaluationError",
        DATA,
        {"A": passing(Output={"a": ["{% $states.input.nowhere %}"]})},
        status="FAILED",
        error="States.QueryEvaluationError",
    ),
    Rule(
        "an empty array is a value",
        DATA,
        {"A": passing(Output="{% $states.input.list %}")},
        input={"list": []},
        output=[],
    ),
    Rule(
        "a path over an array maps it, and one match stands for itself",
        DATA,
        {"A": passing(Output=["{% $states.input.many.n %}", "{% $states.input.one.n %}"])},
        input={"many": [{"n": 1}, {"n": 2}], "one": [{"n": 3}]},
        output=[[1, 2], 3],
    ),
    Rule(
        "a Task without Arguments gets the state's input, and its result is its output",
        DATA,
        {"A": task("echo")},
        {"echo": Answer({"said": "hello"})},
        input={"x": 1},
        output={"said": "hello"},
        check=lambda ran: ran.functions.payloads == [{"x": 1}],
    ),
    Rule(
        "Output sees the state's input and the result",
        DATA,
        {"A": task("echo", Output={"asked": "{% $states.input.x %}", "said": "{% $states.result.said %}"})},
        {"echo": Answer({"said": "hello"})},
        input={"x": 1},
        output={"asked": 1, "said": "hello"},
    ),
    Rule(
        "lambda:invoke takes FunctionName and Payload, and wraps the result",
        LAMBDA,
        {
            "A": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
                "Arguments": {"FunctionName": arn("echo"), "Payload": {"x": "{% $states.input.x %}"}},
                "Output": ["{% $states.result.Payload %}", "{% $states.result.StatusCode %}"],
                "End": True,
            }
        },
        {"echo": Answer("hello")},
        input={"x": 1},
        output=["hello", 200],
        check=lambda ran: ran.functions.payloads == [{"x": 1}],
    ),
    Rule(
        "Assign and Output are evaluated beside each other: Output sees the old value",
        VARIABLES,
        {
            "Set": passing(Assign={"x": 1}, Next="A"),
            "A": passing(Assign={"x": 2, "y": "{% $x %}"}, Output="{% $x %}", Next="B"),
            "B": passing(Output=["{% $states.input %}", "{% $x %}", "{% $y %}"]),
        },
        output=[1, 2, 1],
    ),
    Rule(
        "a variable keeps its value in every later state",
        VARIABLES,
        {
            "Set": passing(Assign={"x": {"deep": [1, 2]}}, Next="Task"),
            "Task": task("echo", Next="End"),
            "End": {"Type": "Succeed", "Output": "{% $x.deep[1] %}"},
        },
        {"echo": Answer()},
        output=2,
    ),
    Rule(
        "names may have letters of any script",
        VARIABLES,
        {
            "Set": passing(Assign={"題名": {"日本語": "漫画"}}, Next="A"),
            "A": passing(Output=["{% $題名.日本語 %}", "{% $題名.日本語 & '!' %}"]),
        },
        output=["漫画", "漫画!"],
    ),
    Rule(
        "a matched rule of Choice makes its own Output and Assign",
        CHOICE,
        {
            "C": choice(
                {"Condition": "{% $states.input.x = 2 %}", "Next": "B"},
                {"Condition": "{% $states.input.x = 1 %}", "Output": "one", "Assign": {"v": "rule"}, "Next": "B"},
                Default="B",
                Output="none",
                Assign={"v": "default"},
            ),
            "B": passing(Output=["{% $states.input %}", "{% $v %}"]),
        },
        input={"x": 1},
        output=["one", "rule"],
    ),
    Rule(
        "Default makes the state's Output and Assign",
        CHOICE,
        {
            "C": choice({"Condition": "{% false %}", "Next": "B"}, Default="B", Output="none", Assign={"v": "default"}),
            "B": passing(Output=["{% $states.input %}", "{% $v %}"]),
        },
        output=["none", "default"],
    ),
    Rule(
        "Seconds may be computed",
        WAIT,
        {"W": wait("{% $states.input.n %}")},
        input={"n": 7},
        output={"n": 7},
        seconds=7,
    ),
    Rule(
        "Timestamp waits until a time, in any zone",
        WAIT,
        {"W": {"Type": "Wait", "Timestamp": "2023-11-15T07:14:20+09:00", "End": True}},
        seconds=60,
    ),
    Rule(
        "a time that is over is not waited for",
        WAIT,
        {"W": {"Type": "Wait", "Timestamp": "{% $states.input.at %}", "End": True}},
        input={"at": "2020-01-01T00:00:00Z"},
        seconds=0,
    ),
    Rule(
        "the context object names execution, state and machine",
        GUIDE + "input-output-contextobject.html",
        {
            "A": passing(
                Output=[
                    "{% $states.context.Execution.Name %}",
                    "{% $states.context.Execution.Input %}",
                    "{% $states.context.Execution.StartTime %}",
                    "{% $states.context.State.Name %}",
                    "{% $states.context.StateMachine.Name %}",
                ]
            )
        },
        input={"x": 1},
        output=["one", {"x": 1}, "2023-11-14T22:13:20.000Z", "A", "tested"],
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule)
def test_given_data_when_a_state_shapes_it_then_the_rule_holds(rule: Rule) -> None:
    verify(rule)


def evaluate(expression: str, value: Any = None) -> Any:
    ran = execute(machine_of({"A": passing(Output=f"{{% {expression} %}}")}), {}, value)
    assert ran.record.status == "SUCCEEDED", ran.record.cause
    return ran.record.output


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("$parse('{\"a\": [1, null]}')", {"a": [1, None]}),
        ("$hash('漫画', 'SHA-256')", hashlib.sha256("漫画".encode()).hexdigest()),
        ("$hash('漫画', 'MD5')", hashlib.md5("漫画".encode(), usedforsecurity=False).hexdigest()),
        ("$partition([1, 2, 3, 4, 5], 2)", [[1, 2], [3, 4], [5]]),
        ("$range(0, 10, 5)", [0, 5, 10]),
        ("$range(3, 1, -1)", [3, 2, 1]),
        ("$range(1, 9, 9)", 1),
        ("$random(7) = $random(7)", True),
        ("$length($uuid())", 36),
        ("$millis()", 1_700_000_000_000),
        ("$now()", "2023-11-14T22:13:20.000Z"),
        ("$now('[Y0001]-[M01]', '+0900')", "2023-11"),
    ],
)
def test_given_a_function_of_step_functions_when_it_is_called_then_it_answers_as_documented(
    expression: str, expected: Any
) -> None:
    assert evaluate(expression) == expected


@pytest.mark.parametrize("expression", ["$parse('{')", "$hash('x', 'CRC')", "$partition([1], 0)", "$range(1, 2, 0)"])
def test_given_a_bad_argument_when_a_function_is_called_then_the_query_fails(expression: str) -> None:
    record = execute(machine_of({"A": passing(Output=f"{{% {expression} %}}")}), {}, {}).record
    assert (record.status, record.error) == ("FAILED", "States.QueryEvaluationError")


documents = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None)
@given(documents, st.lists(st.sampled_from([".a", ".b", "[0]", "[1]"]), max_size=4).map("".join))
def test_given_any_document_when_a_plain_path_is_read_then_the_library_agrees(document: Any, path: str) -> None:
    short = execute(machine_of({"A": passing(Output=f"{{% $states.input{path} %}}")}), {}, document).record
    library = execute(machine_of({"A": passing(Output=f"{{% ($states.input{path}) %}}")}), {}, document).record
    assert (short.status, short.output) == (library.status, library.output)
