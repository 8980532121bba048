"""Any definition is either refused with a DefinitionError or runs to an end; nothing else ever happens."""

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from local.integrations import check
from local.stepfunctions import DefinitionError
from tests.local.stepfunctions.scenarios import (
    Answer,
    arn,
    catch,
    execute,
    fail,
    fails,
    parallel,
    passing,
    retry,
    task,
    wait,
)

JSONATA: dict[str, Any] = {
    "QueryLanguage": "JSONata",
    "TimeoutSeconds": 60,
    "StartAt": "Ask",
    "States": {
        "Ask": task(
            "f",
            Arguments={"x": "{% $states.input.x %}", "list": ["{% $states.context.State.Name %}"]},
            Assign={"kept": "{% $states.result %}"},
            Output="{% $states.input %}",
            TimeoutSeconds="{% 2 + 3 %}",
            Retry=retry("Oops", IntervalSeconds=1, MaxAttempts=2, JitterStrategy="FULL", MaxDelaySeconds=5),
            Catch=catch("Give up", Output={"why": "{% $states.errorOutput.Error %}"}),
            Next="Pause",
        ),
        "Pause": wait("{% $states.input.x %}", Next="Many"),
        "Many": {
            "Type": "Map",
            "Items": "{% [1..3] %}",
            "MaxConcurrency": 2,
            "ItemSelector": {"item": "{% $states.context.Map.Item.Value %}"},
            "ItemProcessor": {"StartAt": "Item", "States": {"Item": passing(Output="{% $states.input.item * 2 %}")}},
            "Next": "Both",
        },
        "Both": parallel({"One": task("f")}, {"Two": passing(Output="{% $kept %}")}, Next="Enough?"),
        "Enough?": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $count($states.input) = 2 %}", "Next": "Done", "Assign": {"kept": 1}}],
            "Default": "Give up",
        },
        "Done": {"Type": "Succeed", "Output": "{% $kept %}"},
        "Give up": fail("{% 'Gave' & 'Up' %}", "cause"),
    },
}
JSONPATH: dict[str, Any] = {
    "StartAt": "Ask",
    "States": {
        "Ask": task(
            "f",
            InputPath="$",
            Parameters={"x.$": "$.x", "text.$": "States.Format('{}', $.x)", "at.$": "$$.State.EnteredTime"},
            ResultSelector={"value.$": "$"},
            ResultPath="$.result",
            Catch=catch("Give up", ResultPath="$.error"),
            Next="Many",
        ),
        "Many": {
            "Type": "Map",
            "ItemsPath": "$.list",
            "Parameters": {"item.$": "$$.Map.Item.Value"},
            "Iterator": {"StartAt": "Item", "States": {"Item": passing(OutputPath="$.item")}},
            "ResultPath": "$.list",
            "Next": "Enough?",
        },
        "Enough?": {
            "Type": "Choice",
            "Choices": [
                {
                    "And": [
                        {"Variable": "$.list[0]", "NumericEquals": 1},
                        {"Not": {"Variable": "$.x", "IsNull": True}},
                    ],
                    "Next": "Pause",
                }
            ],
            "Default": "Give up",
        },
        "Pause": {"Type": "Wait", "SecondsPath": "$.x", "End": True},
        "Give up": {"Type": "Fail", "ErrorPath": "$.error.Error", "Cause": "cause"},
    },
}
WAITING: dict[str, Any] = {
    "QueryLanguage": "JSONata",
    "TimeoutSeconds": 60,
    "StartAt": "Ask",
    "States": {
        "Ask": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "Arguments": {"FunctionName": arn("f"), "Payload": {"token": "{% $states.context.Task.Token %}"}},
            "HeartbeatSeconds": "{% $states.input.x %}",
            "TimeoutSeconds": 20,
            "Retry": retry("States.HeartbeatTimeout", MaxAttempts=1),
            "Catch": catch("Send", "States.Timeout", Assign={"why": "{% $states.errorOutput %}"}),
            "End": True,
        },
        "Send": {
            "Type": "Task",
            "Resource": "arn:aws:states:::dynamodb:putItem",
            "Arguments": {"TableName": "t", "Item": {"id": {"S": "{% $why.Error %}"}}},
            "End": True,
        },
    },
}
INPUT = {"x": 2, "list": [1, 2]}

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 300)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "$", "$.x", "$.nowhere", "$$", "$kept", "{% $states %}", "{% ( %}", "{% $kept.x %}", "Done"])
    | st.sampled_from(["States.UUID()", "States.Array(", "JSONata", "JSONPath", "Pass", "Task", "Ask", "Item", "P1D"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["x", "x.$", "Next", "Type"]), inner),
    max_leaves=4,
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every member and item anywhere inside, as its container and its key."""
    for key, item in list(value.items()) if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(item, dict | list):
            yield from places(item)


async def _nothing(name: str, arguments: Any) -> Any:
    return {}


@settings(deadline=None, max_examples=300)
@given(st.sampled_from([JSONATA, JSONPATH, WAITING]), st.data())
def test_given_any_change_to_a_definition_then_it_is_refused_or_runs_to_an_end(
    sound: dict[str, Any], data: st.DataObject
) -> None:
    definition = copy.deepcopy(sound)
    container, key = data.draw(st.sampled_from(list(places(definition))))
    container[key] = data.draw(values)
    try:
        functions = {"f": [fails("Oops"), Answer(INPUT, seconds=1)]}
        record = execute(definition, functions, INPUT, kind="STANDARD", check=check, call=_nothing).record
    except DefinitionError:
        return
    assert record.status in {"SUCCEEDED", "FAILED", "TIMED_OUT"}
    assert all(event.left is not None for event in record.events)
    assert "running" not in {event.status for event in record.events}
