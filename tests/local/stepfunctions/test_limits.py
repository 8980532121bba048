"""256 KiB at every boundary: what is exactly as long passes, one byte more is States.DataLimitExceeded."""

from collections.abc import Callable
from typing import Any

import pytest

from local.stepfunctions.json_types import MAX_PAYLOAD_BYTES, compact
from tests.local.stepfunctions.scenarios import (
    GUIDE,
    Answer,
    arn,
    catch,
    execute,
    fails,
    machine_of,
    map_of,
    parallel,
    passing,
    task,
)

LIMIT = GUIDE + "service-quotas.html#service-limits-task-executions"
QUOTES = 2
JSONPATH = {"QueryLanguage": "JSONPath"}


def padded(characters: int) -> str:
    """An expression for a text of so many characters."""
    return f"{{% $pad('', {characters}, 'x') %}}"


def half(characters: int) -> int:
    """The second of two texts in an array, so that both are as long as one text of so many characters."""
    return characters - 100_000 - len('["",]')


def states_of(made: Callable[[int], dict[str, Any]]) -> Callable[[int], tuple[dict[str, Any], dict[str, Any], Any]]:
    return lambda characters: (machine_of(made(characters)), {"any": Answer("done")}, {})


BOUNDARIES: dict[str, Callable[[int], tuple[dict[str, Any], dict[str, Any], Any]]] = {
    "the input of an execution": lambda n: (machine_of({"A": passing(Output="done")}), {}, "x" * n),
    "the output of a Pass": states_of(
        lambda n: {"A": passing(Output=padded(n), Next="B"), "B": passing(Output="done")}
    ),
    "the output of a Choice": states_of(
        lambda n: {
            "C": {"Type": "Choice", "Choices": [{"Condition": "{% true %}", "Output": padded(n), "Next": "B"}]},
            "B": passing(Output="done"),
        }
    ),
    "a variable": states_of(lambda n: {"A": passing(Assign={"v": padded(n - len('{"v":}'))}, Output="done")}),
    "the arguments of a Task": states_of(lambda n: {"A": task("any", Arguments=padded(n))}),
    "the result of a Task": lambda n: (
        machine_of({"A": task("large", Output="done")}),
        {"large": Answer("x" * n)},
        {},
    ),
    "the payload of the Lambda integration": states_of(
        lambda n: {
            "A": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
                "Arguments": {
                    "FunctionName": arn("any"),
                    "Payload": padded(n - len(compact({"FunctionName": arn("any"), "Payload": ""})) + QUOTES),
                },
                "Output": "done",
                "End": True,
            }
        }
    ),
    "the arguments of a Parallel": states_of(
        lambda n: {"P": parallel({"A": passing(Output=1)}, Arguments=padded(n), Output="done")}
    ),
    "the outputs of a Parallel's branches": states_of(
        lambda n: {
            "P": parallel({"A": passing(Output=padded(100_000))}, {"B": passing(Output=padded(half(n)))}, Output="done")
        }
    ),
    "what ItemSelector makes": states_of(
        lambda n: {"M": map_of({"A": passing(Output=1)}, Items=[1], ItemSelector=padded(n), Output="done")}
    ),
    "the outputs of a Map's items": states_of(
        lambda n: {
            "M": map_of(
                {"A": passing(Output="{% $pad('', $states.input, 'x') %}")}, Items=[100_000, half(n)], Output="done"
            )
        }
    ),
    "the output of a Catch": lambda n: (
        machine_of({"A": task("broken", Catch=catch("B", Output=padded(n))), "B": passing(Output="done")}),
        {"broken": fails("Oops")},
        {},
    ),
    "the input with the result that ResultPath puts into it": lambda n: (
        machine_of(
            {"A": task("any", ResultPath="$.r", Next="B"), "B": passing(Result="done")},
            **JSONPATH,
        ),
        {"any": Answer("x" * 100_000)},
        {"i": "x" * (n - 100_000 - len('{"i":"","r":}'))},
    ),
    "the parameters of a JSONPath state": lambda n: (
        machine_of({"A": passing(Parameters={"x.$": "$"}, Next="B"), "B": passing(Result="done")}, **JSONPATH),
        {},
        "x" * (n - len('{"x":}')),
    ),
}


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_given_data_of_256_kib_when_it_crosses_a_boundary_then_it_passes_and_one_byte_more_does_not(
    boundary: str,
) -> None:
    longest = MAX_PAYLOAD_BYTES - QUOTES
    passed = execute(*BOUNDARIES[boundary](longest)).record
    assert (passed.status, passed.output) == ("SUCCEEDED", "done"), passed.cause
    refused = execute(*BOUNDARIES[boundary](longest + 1)).record
    assert (refused.status, refused.error) == ("FAILED", "States.DataLimitExceeded"), LIMIT
