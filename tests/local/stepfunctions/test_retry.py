"""Retry: which errors, how often, after how long."""

import pytest

from tests.local.stepfunctions.scenarios import (
    GUIDE,
    SPECIFICATION,
    Answer,
    Rule,
    catch,
    execute,
    fails,
    machine_of,
    passing,
    retry,
    task,
    verify,
    wait,
)

ERRORS = GUIDE + "concepts-error-handling.html"
CAUGHT = {"Caught": passing()}

RULES = [
    Rule(
        "the defaults are 3 retries after 1, 2 and 4 seconds",
        ERRORS,
        {"A": task("broken", Retry=retry("Oops"))},
        {"broken": fails("Oops", "why")},
        status="FAILED",
        error="Oops",
        cause="why",
        seconds=7,
        check=lambda ran: ran.starts("broken") == [0, 1, 3, 7] and ran.record.events[0].retries == 3,
    ),
    Rule(
        "the interval grows by BackoffRate with every retry",
        ERRORS,
        {"A": task("broken", Retry=retry("Oops", IntervalSeconds=3, BackoffRate=1.5, MaxAttempts=3))},
        {"broken": fails("Oops")},
        status="FAILED",
        error="Oops",
        check=lambda ran: ran.starts("broken") == [0, 3, 7.5, 14.25],
    ),
    Rule(
        "MaxDelaySeconds caps the interval",
        ERRORS,
        {"A": task("broken", Retry=retry("Oops", IntervalSeconds=3, MaxDelaySeconds=5, MaxAttempts=3))},
        {"broken": fails("Oops")},
        status="FAILED",
        error="Oops",
        check=lambda ran: ran.starts("broken") == [0, 3, 8, 13],
    ),
    Rule(
        "MaxAttempts 0 means that the error is never retried",
        ERRORS,
        {"A": task("broken", Retry=retry("Oops", MaxAttempts=0))},
        {"broken": fails("Oops")},
        status="FAILED",
        error="Oops",
        seconds=0,
    ),
    Rule(
        "an error that no retrier names is not retried",
        ERRORS,
        {"A": task("broken", Retry=retry("Other"))},
        {"broken": fails("Oops")},
        status="FAILED",
        error="Oops",
        seconds=0,
    ),
    Rule(
        "each retrier counts its own attempts",
        ERRORS,
        {
            "A": task(
                "broken",
                Retry=[
                    {"ErrorEquals": ["One"], "IntervalSeconds": 1, "MaxAttempts": 1},
                    {"ErrorEquals": ["Two"], "IntervalSeconds": 10, "MaxAttempts": 2},
                ],
            )
        },
        {"broken": [fails("Two"), fails("One"), fails("Two"), fails("One")]},
        status="FAILED",
        error="One",
        check=lambda ran: ran.starts("broken") == [0, 10, 11, 31],
    ),
    Rule(
        "the first retrier that names the error decides, even where a later one has attempts left",
        ERRORS,
        {
            "A": task(
                "broken",
                Retry=[
                    {"ErrorEquals": ["Oops"], "MaxAttempts": 0},
                    {"ErrorEquals": ["States.ALL"], "MaxAttempts": 5},
                ],
            )
        },
        {"broken": fails("Oops")},
        status="FAILED",
        error="Oops",
        seconds=0,
    ),
    Rule(
        "Retry comes before Catch",
        ERRORS,
        {"A": task("broken", Retry=retry("Oops", MaxAttempts=1), Catch=catch("Caught")), **CAUGHT},
        {"broken": fails("Oops", "why")},
        output={"Error": "Oops", "Cause": "why"},
        seconds=1,
        check=lambda ran: ran.starts("broken") == [0, 1] and ran.states() == ["A", "Caught"],
    ),
    Rule(
        "a retry that succeeds leaves no trace of the error",
        ERRORS,
        {"A": task("flaky", Retry=retry(), Catch=catch("Caught")), **CAUGHT},
        {"flaky": [fails("Oops"), Answer("fine")]},
        output="fine",
        check=lambda ran: ran.status("A") == "succeeded" and ran.record.events[0].error is None,
    ),
    Rule(
        "the count of retries starts anew when the state is entered again",
        SPECIFICATION + "errors",
        {
            "A": task("broken", Retry=retry("Oops", MaxAttempts=1), Catch=catch("Pause")),
            "Pause": wait(10, Next="A"),
        },
        {"broken": [fails("Oops"), fails("Oops"), fails("Oops"), Answer("fine")]},
        output="fine",
        check=lambda ran: ran.starts("broken") == [0, 1, 11, 12] and ran.states() == ["A", "Pause", "A"],
    ),
    Rule(
        "a retrier's interval is not drawn out by the retries of another",
        ERRORS,
        {
            "A": task(
                "broken",
                Retry=[
                    {"ErrorEquals": ["One"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 3},
                    {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 10, "MaxAttempts": 2},
                ],
            )
        },
        {"broken": [fails("One"), fails("Two"), fails("One"), fails("Three"), Answer("fine")]},
        output="fine",
        check=lambda ran: ran.starts("broken") == [0, 1, 11, 14, 34],
    ),
    Rule(
        "the arguments of a retry are evaluated again",
        GUIDE + "input-output-contextobject.html",
        {"A": task("flaky", Arguments={"at": "{% $millis() - $states.input %}"}, Retry=retry(IntervalSeconds=5))},
        {"flaky": [fails("Oops"), Answer("fine")]},
        input=1_700_000_000_000,
        output="fine",
        check=lambda ran: ran.functions.payloads == [{"at": 0}, {"at": 5000}],
    ),
    Rule(
        "the arguments of a retry know its number",
        GUIDE + "input-output-contextobject.html",
        {"A": task("flaky", Arguments="{% $states.context.State.RetryCount %}", Retry=retry())},
        {"flaky": [fails("Oops"), fails("Oops"), Answer("fine")]},
        output="fine",
        check=lambda ran: ran.functions.payloads == [0, 1, 2],
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule)
def test_given_an_error_when_a_state_retries_then_the_rule_holds(rule: Rule) -> None:
    verify(rule)


@pytest.mark.parametrize(("jitter", "starts"), [(0.0, [0, 0, 0]), (0.5, [0, 2, 6]), (1.0, [0, 4, 12])])
def test_given_full_jitter_when_a_task_is_retried_then_the_delay_is_drawn_up_to_the_backoff(
    jitter: float, starts: list[float]
) -> None:
    strategy = retry("Oops", IntervalSeconds=4, MaxAttempts=2, JitterStrategy="FULL")
    ran = execute(machine_of({"A": task("broken", Retry=strategy)}), {"broken": fails("Oops")}, {}, jitter=jitter)
    assert ran.starts("broken") == starts, f"{SPECIFICATION}errors"


def test_given_full_jitter_and_a_longest_delay_when_a_task_is_retried_then_the_draw_is_from_what_is_capped() -> None:
    strategy = retry("Oops", IntervalSeconds=4, MaxAttempts=3, MaxDelaySeconds=6, JitterStrategy="FULL")
    ran = execute(machine_of({"A": task("broken", Retry=strategy)}), {"broken": fails("Oops")}, {}, jitter=0.5)
    assert ran.starts("broken") == [0, 2, 5, 8], f"{ERRORS}#error-handling-retrying-after-an-error"
