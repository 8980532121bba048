"""What is refused when a definition is loaded, and how the refusal reads."""

import re
from typing import Any

import pytest

from local.stepfunctions import DefinitionError, StateMachine
from tests.local.stepfunctions.scenarios import catch, parallel, passing, retry, task, wait

END = {"Type": "Succeed"}

REFUSED = [
    ("a state type that does not exist", {"A": {"Type": "Loop", "End": True}}, "state 'A', field 'Type'"),
    ("a field that does not exist", {"A": passing(Outputs=1)}, "state 'A', field 'Outputs'"),
    ("a field of another state type", {"A": passing(Seconds=1)}, "state 'A', field 'Seconds'"),
    ("a JSONPath field in a JSONata state", {"A": passing(InputPath="$.x")}, "state 'A', field 'InputPath'"),
    ("a field that is not implemented", {"A": task("f", Credentials={})}, "state 'A', field 'Credentials'"),
    (
        "an unknown field of a Catch",
        {"A": task("f", Catch=catch("B", Seconds=1)), "B": END},
        "field 'Catch[0]/Seconds'",
    ),
    ("an unknown field of a Retry", {"A": task("f", Retry=retry("E", Times=1))}, "state 'A', field 'Retry[0]/Times'"),
    ("a Next that leads nowhere", {"A": passing(Next="B")}, "state 'A', field 'Next': there is no state 'B'"),
    ("a Catch that leads nowhere", {"A": task("f", Catch=catch("B"))}, "state 'A', field 'Catch[0]/Next'"),
    (
        "a Choice that leads nowhere",
        {"A": {"Type": "Choice", "Choices": [{"Condition": "{% true %}", "Next": "B"}]}},
        "state 'A', field 'Choices[0]/Next'",
    ),
    ("a Default that leads nowhere", {"A": {"Type": "Choice", "Choices": [], "Default": "B"}}, "field 'Default'"),
    ("a Next into another branch", {"A": parallel({"B": passing(Next="A")})}, "state 'B', field 'Next'"),
    ("a state that nothing leads to", {"A": END, "B": END}, "state 'B': no other state leads to this state"),
    ("a name that is used twice", {"A": parallel({"B": END}, {"B": END})}, "state 'B': the name is used"),
    ("a name that is too long", {"A": passing(Next="B" * 81), "B" * 81: END}, "the name is longer than 80 characters"),
    ("a fraction of a second", {"A": wait(0.5)}, "state 'A', field 'Seconds'"),
    ("an infinite number of seconds", {"A": wait(float("inf"))}, "state 'A', field 'Seconds'"),
    ("a TimeoutSeconds of 0", {"A": task("f", TimeoutSeconds=0)}, "state 'A', field 'TimeoutSeconds'"),
    ("neither Next nor End", {"A": {"Type": "Pass"}}, "state 'A', field 'Next'"),
    ("both Next and End", {"A": {"Type": "Pass", "Next": "B", "End": True}, "B": END}, "state 'A', field 'Next'"),
    ("End that is not true", {"A": {"Type": "Pass", "End": False}}, "state 'A', field 'End'"),
    (
        "bad JSONata in Output",
        {"A": passing(Output={"x": "{% 1 + %}"})},
        "state 'A', field 'Output/x': invalid JSONata",
    ),
    ("bad JSONata in Arguments", {"A": task("f", Arguments={"x": ["{% ( %}"]})}, "state 'A', field 'Arguments/x[0]'"),
    ("bad JSONata in a Catch", {"A": task("f", Catch=catch("B", Output="{% ] %}")), "B": END}, "'Catch[0]/Output'"),
    ("$eval", {"A": passing(Output="{% $eval('1') %}")}, "state 'A', field 'Output': $eval is not available"),
    (
        "an unknown resource",
        {"A": {"Type": "Task", "Resource": "arn:aws:states:::ecs:x.sync", "End": True}},
        "'Resource'",
    ),
    (
        "an argument of the Lambda integration that is not implemented",
        {
            "A": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
                "Arguments": {"FunctionName": "f", "InvocationType": "Event"},
                "End": True,
            }
        },
        "state 'A', field 'Arguments/InvocationType'",
    ),
    ("a resource with a placeholder left", {"A": {"Type": "Task", "Resource": "${F}", "End": True}}, "'Resource'"),
    ("a Wait for nothing", {"A": {"Type": "Wait", "End": True}}, "state 'A', field 'Seconds'"),
    ("a Wait for text", {"A": wait("soon")}, "state 'A', field 'Seconds'"),
    (
        "MaxDelaySeconds not longer",
        {"A": task("f", Retry=retry(IntervalSeconds=5, MaxDelaySeconds=5))},
        "Max",
    ),
    (
        "a BackoffRate below 1",
        {"A": task("f", Retry=retry(BackoffRate=0.5))},
        "field 'Retry[0]/BackoffRate'",
    ),
    ("an unknown jitter", {"A": task("f", Retry=retry(JitterStrategy="HALF"))}, "field 'Retry[0]/JitterStrategy'"),
    ("States.ALL that is not last", {"A": task("f", Retry=retry() + retry("E"))}, "state 'A', field 'Retry[0]'"),
    ("States.ALL beside others", {"A": task("f", Catch=catch("B", "States.ALL", "E")), "B": END}, "field 'Catch[0]'"),
    ("a variable named states", {"A": passing(Assign={"states": 1})}, "state 'A', field 'Assign'"),
    (
        "an inner assignment to a variable of the outer scope",
        {"A": passing(Assign={"x": 1}, Next="P"), "P": parallel({"B": passing(Assign={"x": 2})})},
        "state 'B', field 'Assign': the variable 'x' belongs to an outer scope",
    ),
    ("a Parallel without branches", {"A": parallel()}, "state 'A', field 'Branches'"),
    ("a branch with an unknown field", {"A": {**parallel(), "Branches": [{"Start": "B"}]}}, "'Branches[0]/Start'"),
    ("a Choice without rules", {"A": {"Type": "Choice", "Choices": [], "Default": "B"}, "B": END}, "field 'Choices'"),
]


@pytest.mark.parametrize(("states", "place"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_given_a_definition_that_cannot_run_when_it_is_compiled_then_state_and_field_are_named(
    states: dict[str, Any], place: str
) -> None:
    with pytest.raises(DefinitionError, match=re.escape(place)):
        StateMachine.compile({"QueryLanguage": "JSONata", "StartAt": "A", "States": states}, name="refused")


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"StartAt": "B"}, "field 'StartAt': there is no state 'B'"),
        ({"TimeoutSeconds": 0}, "field 'TimeoutSeconds'"),
        ({"Logging": True}, "field 'Logging'"),
        ({"QueryLanguage": "SQL"}, "field 'QueryLanguage'"),
        ({"States": {}}, "field 'States'"),
    ],
)
def test_given_a_machine_that_cannot_run_when_it_is_compiled_then_the_field_is_named(
    fields: dict[str, Any], place: str
) -> None:
    with pytest.raises(DefinitionError, match=re.escape(place)):
        StateMachine.compile(
            {"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": END}, **fields}, name="refused"
        )
