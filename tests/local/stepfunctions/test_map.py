"""Map: items, concurrency, failure; and calls of other services."""

import pytest

from local.stepfunctions import JSON, FunctionError
from tests.local.stepfunctions.scenarios import (
    GUIDE,
    Answer,
    Rule,
    catch,
    execute,
    fails,
    machine_of,
    map_of,
    passing,
    retry,
    task,
    verify,
    wait,
)

MAP = GUIDE + "state-map.html"
INLINE = GUIDE + "state-map-inline.html"
DISTRIBUTED = {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}


FAIL_ON_2 = {
    "Is it 2?": {
        "Type": "Choice",
        "Choices": [{"Condition": "{% $states.input = 2 %}", "Next": "No"}],
        "Default": "Yes",
    },
    "No": {"Type": "Fail", "Error": "Two"},
    "Yes": passing(),
}

RULES = [
    Rule(
        "the outputs stand in the order of the items",
        MAP,
        {"M": map_of({"W": wait("{% $states.input %}")})},
        input=[3, 1, 2],
        output=[3, 1, 2],
        seconds=3,
    ),
    Rule("no items give no outputs", MAP, {"M": map_of({"A": passing()})}, input=[], output=[]),
    Rule(
        "MaxConcurrency items run at a time",
        INLINE,
        {"M": map_of({"A": task("slow")}, MaxConcurrency=2)},
        {"slow": Answer("done", seconds=1)},
        input=[1, 2, 3, 4, 5],
        output=["done"] * 5,
        seconds=3,
    ),
    Rule(
        "at most 40 items run at a time where nothing is said",
        INLINE,
        {"M": map_of({"A": task("slow")}, Output="done")},
        {"slow": Answer(seconds=1)},
        input=list(range(41)),
        output="done",
        seconds=2,
    ),
    Rule(
        "ItemSelector makes the input of an item, from the state's input and the item",
        MAP,
        {
            "M": map_of(
                {"A": passing()},
                Items="{% $states.input.list %}",
                ItemSelector={
                    "all": "{% $states.input.name %}",
                    "item": "{% $states.context.Map.Item.Value %}",
                    "at": "{% $states.context.Map.Item.Index %}",
                },
            )
        },
        input={"name": "n", "list": ["a", "b"]},
        output=[{"all": "n", "item": "a", "at": 0}, {"all": "n", "item": "b", "at": 1}],
    ),
    Rule(
        "an item that fails stops the others and fails the state with its error",
        MAP,
        {
            "M": map_of({"A": task("f")}, Catch=catch("Caught", Output="{% $states.errorOutput.Error %}")),
            "Caught": passing(),
        },
        {"f": [Answer(seconds=60), fails("Oops", seconds=1)]},
        input=[1, 2],
        output="Oops",
        seconds=1,
    ),
    Rule(
        "Retry of a Map runs every item again",
        GUIDE + "concepts-error-handling.html",
        {"M": map_of({"A": task("f")}, Retry=retry("Oops", IntervalSeconds=1))},
        {"f": [fails("Oops"), Answer("fine")]},
        input=[1],
        output=["fine"],
        seconds=1,
    ),
    Rule(
        "an assignment for one item is not seen by another, nor after the Map",
        GUIDE + "workflow-variables.html",
        {
            "M": map_of(
                {"A": passing(Assign={"v": "{% $states.input %}"}, Next="B"), "B": passing(Output="{% $v %}")}, Next="C"
            ),
            "C": passing(Output=["{% $states.input %}", "{% $exists($v) %}"]),
        },
        input=[1, 2],
        output=[[1, 2], False],
    ),
    Rule(
        "a distributed Map fails beyond the tolerated failures",
        GUIDE + "state-map-distributed.html",
        {"M": map_of(FAIL_ON_2, DISTRIBUTED, ToleratedFailurePercentage=30)},
        kind="STANDARD",
        input=[1, 2, 2],
        status="FAILED",
        error="States.ExceedToleratedFailureThreshold",
    ),
    Rule(
        "a distributed Map goes on while few enough items fail",
        GUIDE + "state-map-distributed.html",
        {"M": map_of(FAIL_ON_2, DISTRIBUTED, ToleratedFailureCount=1, Output="{% $states.result[0] %}")},
        kind="STANDARD",
        input=[1, 2, 3],
        output=1,
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule)
def test_given_a_map_when_it_runs_then_the_rule_holds(rule: Rule) -> None:
    verify(rule)


def test_given_a_task_for_another_service_when_it_runs_then_the_caller_of_services_answers() -> None:
    called = []

    async def call(name: str, arguments: JSON) -> JSON:
        called.append((name, arguments))
        if name == "aws-sdk:dynamodb:getItem":
            raise FunctionError("DynamoDb.ResourceNotFoundException", "no table")
        return {"FailedEntryCount": 0}

    states = {
        "Publish": {
            "Type": "Task",
            "Resource": "arn:aws:states:::events:putEvents",
            "Arguments": {"Entries": "{% $states.input %}"},
            "Next": "Read",
        },
        "Read": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:dynamodb:getItem",
            "Arguments": {"TableName": "t"},
            "Catch": catch("Caught", "DynamoDb.ResourceNotFoundException"),
            "End": True,
        },
        "Caught": passing(),
    }
    record = execute(machine_of(states), {}, [1], call=call).record
    assert record.output == {"Error": "DynamoDb.ResourceNotFoundException", "Cause": "no table"}
    assert called == [("events:putEvents", {"Entries": [1]}), ("aws-sdk:dynamodb:getItem", {"TableName": "t"})]


def test_given_no_caller_of_services_when_a_task_needs_one_then_the_execution_fails_and_names_it() -> None:
    states = {"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": True}}
    record = execute(machine_of(states), {}, {}).record
    assert record.error == "States.Runtime"
    assert "sqs:sendMessage" in (record.cause or "")
