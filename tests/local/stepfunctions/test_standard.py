"""What Standard workflows have that Express has not: time, a history of 25,000 events, distributed Maps."""

from collections.abc import Mapping
from typing import Any

import pytest

from local.stepfunctions import DefinitionError, KindName, StateMachine
from tests.local.stepfunctions.scenarios import (
    GUIDE,
    Answer,
    Rule,
    catch,
    execute,
    fails,
    machine_of,
    map_of,
    parallel,
    passing,
    retry,
    task,
    verify,
    wait,
)

QUOTAS = GUIDE + "service-quotas.html"
HISTORY = GUIDE + "bp-history-limit.html"
KINDS = GUIDE + "choosing-workflow-type.html"
YEAR = 365 * 86_400
FULL = "The execution reached the maximum number of history events (25000)."
FOR_EVER: dict[str, Any] = {
    "Loop": passing(Next="Again?"),
    "Again?": {"Type": "Choice", "Choices": [{"Condition": "{% true %}", "Next": "Loop"}]},
}


def standard(
    text: str,
    page: str,
    states: dict[str, Any],
    functions: Mapping[str, Answer | list[Answer]] | None = None,
    **rest: Any,
) -> Rule:
    return Rule(text, page, states, functions or {}, kind="STANDARD", **rest)


RULES = [
    standard("a Wait may last a day", KINDS, {"W": wait(86_400)}, output={}, seconds=86_400),
    standard(
        "a Wait may last until a date months away",
        KINDS,
        {"W": {"Type": "Wait", "Timestamp": "2024-05-13T22:13:20Z", "End": True}},
        output={},
        seconds=181 * 86_400,
    ),
    standard("an execution ends after a year", QUOTAS, {"W": wait(2 * YEAR)}, status="TIMED_OUT", seconds=YEAR),
    standard(
        "a TimeoutSeconds of more than a year is a year",
        QUOTAS,
        {"W": wait(90_000_000)},
        machine={"TimeoutSeconds": 80_000_000},
        status="TIMED_OUT",
        seconds=YEAR,
    ),
    standard(
        "a Task may be retried for days",
        KINDS,
        {"A": task("flaky", Retry=retry("Oops", IntervalSeconds=86_400, BackoffRate=1))},
        {"flaky": [fails("Oops"), fails("Oops"), Answer("fine")]},
        output="fine",
        seconds=2 * 86_400,
    ),
    standard(
        "an execution fails when another event than its success would be the 25,000th",
        HISTORY,
        FOR_EVER,
        status="FAILED",
        error="States.Runtime",
        cause=FULL,
        check=lambda ran: len(ran.states()) == 12_499,
    ),
    standard(
        "an execution whose 25,000th event is its success succeeds",
        HISTORY,
        {"One": passing(Next="M"), "M": map_of({"A": passing(Output=0)}, Items="{% [1..6248] %}", Output="done")},
        output="done",
        check=lambda ran: len(ran.states()) == 2 + 6_248,
    ),
    standard(
        "one state more is too much",
        HISTORY,
        {
            "One": passing(Next="Two"),
            "Two": passing(Next="M"),
            "M": map_of({"A": passing(Output=0)}, Items="{% [1..6248] %}", Output="done"),
        },
        status="FAILED",
        error="States.Runtime",
        cause=FULL,
    ),
    standard(
        "every attempt of a Task is three events, and nothing catches the end of the history",
        HISTORY,
        {
            "A": task(
                "broken",
                Retry=retry("Oops", BackoffRate=1, MaxAttempts=99_999),
                Catch=catch("Caught"),
            ),
            "Caught": passing(),
        },
        {"broken": fails("Oops")},
        status="FAILED",
        error="States.Runtime",
        cause=FULL,
        check=lambda ran: len(ran.functions.called) == (24_999 - 2) // 3,
    ),
    standard(
        "the items of a distributed Map have a history each",
        GUIDE + "state-map-distributed.html",
        {
            "M": map_of(
                {"A": passing(Output=0)},
                {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                Items="{% [1..6400] %}",
                Output="done",
            )
        },
        output="done",
    ),
    standard(
        "a cause names the event with which its state was entered",
        GUIDE + "concepts-error-handling.html",
        {
            "A": task("any", Next="P"),
            "P": parallel({"B": passing()}, {"C": passing()}, Next="D"),
            "D": passing(Output="{% $states.input.nowhere %}"),
        },
        {"any": Answer()},
        status="FAILED",
        error="States.QueryEvaluationError",
        check=lambda ran: "(entered at the event id #15)" in (ran.record.cause or ""),
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule)
def test_given_a_standard_workflow_when_it_runs_then_the_rule_holds(rule: Rule) -> None:
    verify(rule)


def test_given_an_express_workflow_when_it_loops_then_no_history_ends_it_before_its_memory_does() -> None:
    record = execute(machine_of(FOR_EVER), {}, {}).record
    assert (record.status, record.error) == ("FAILED", "States.Runtime")
    assert len(record.events) > 25_000


def test_given_each_kind_when_an_execution_is_named_then_its_arn_says_which_it_is() -> None:
    kinds: list[KindName] = ["EXPRESS", "STANDARD"]
    arns = [execute(machine_of({"A": passing()}), {}, {}, kind=kind).record.arn for kind in kinds]
    assert arns[0].startswith("arn:aws:states:us-east-1:000000000000:express:tested:one:")
    assert arns[1] == "arn:aws:states:us-east-1:000000000000:execution:tested:one"


@pytest.mark.parametrize(
    ("kind", "resource", "problem"),
    [
        ("EXPRESS", "sqs:sendMessage.waitForTaskToken", "an EXPRESS workflow does not support '.waitForTaskToken'"),
        ("EXPRESS", "lambda:invoke.waitForTaskToken", "an EXPRESS workflow does not support '.waitForTaskToken'"),
        ("EXPRESS", "states:startExecution.sync:2", "an EXPRESS workflow does not support '.sync:2'"),
        ("STANDARD", "states:startExecution.sync", "'.sync' is not implemented"),
        ("STANDARD", "batch:submitJob.sync", "'.sync' is not implemented"),
        ("STANDARD", "sqs:sendMessage.later", "is not implemented"),
    ],
)
def test_given_a_pattern_that_a_kind_has_not_when_it_is_loaded_then_it_is_refused(
    kind: KindName, resource: str, problem: str
) -> None:
    states = {"A": {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Arguments": {}, "End": True}}
    with pytest.raises(DefinitionError) as raised:
        StateMachine.compile(machine_of(states), name="refused", kind=kind)
    assert str(raised.value).startswith("state 'A', field 'Resource': ")
    assert problem in str(raised.value)


def test_given_a_distributed_map_when_an_express_workflow_is_loaded_then_it_is_refused() -> None:
    states = {"M": map_of({"A": passing()}, {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"})}
    with pytest.raises(DefinitionError, match="state 'M', field 'ItemProcessor/ProcessorConfig/Mode': an EXPRESS"):
        StateMachine.compile(machine_of(states), name="refused")
