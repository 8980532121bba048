"""What a branch that fails does to the others: they stop at once, and nobody takes that for an error."""

import pytest

from tests.local.stepfunctions.scenarios import (
    GUIDE,
    Answer,
    Rule,
    catch,
    fail,
    fails,
    map_of,
    parallel,
    passing,
    retry,
    task,
    verify,
    wait,
)

PARALLEL = GUIDE + "state-parallel.html"
ERRORS = GUIDE + "concepts-error-handling.html"

RULES = [
    Rule(
        "a failing branch stops the wait of another at once, and Catch is taken",
        PARALLEL,
        {
            "P": parallel(
                {"A": wait(1, Next="Stop"), "Stop": fail("Broken")}, {"B": wait(60)}, Catch=catch("Caught", "Broken")
            ),
            "Caught": passing(Output="caught"),
        },
        output="caught",
        seconds=1,
        check=lambda ran: ran.status("B") == "aborted" and ran.status("P") == "caught",
    ),
    Rule(
        "a failing branch stops the backoff of another at once",
        PARALLEL,
        {
            "P": parallel(
                {"A": wait(1, Next="Stop"), "Stop": fail("Broken")},
                {"B": task("flaky", Retry=retry("Oops", IntervalSeconds=30))},
                Catch=catch("Caught"),
            ),
            "Caught": passing(Output="caught"),
        },
        {"flaky": fails("Oops")},
        output="caught",
        seconds=1,
        check=lambda ran: ran.starts("flaky") == [0],
    ),
    Rule(
        "a function that was invoked runs on when its branch is stopped; nobody waits for it",
        PARALLEL,
        {
            "P": parallel(
                {"A": wait(1, Next="Stop"), "Stop": fail("Broken")}, {"B": task("slow")}, Catch=catch("Caught")
            ),
            "Caught": passing(Output="caught"),
        },
        {"slow": Answer("late", seconds=10)},
        output="caught",
        seconds=1,
        check=lambda ran: ran.functions.ended == [("slow", 10)] and ran.status("B") == "aborted",
    ),
    Rule(
        "no next state of a sibling starts, not even one that is due at the same moment",
        PARALLEL,
        {
            "P": parallel(
                {"A": wait(1, Next="Stop"), "Stop": fail("Broken")},
                {"B": wait(1, Next="Never"), "Never": task("never")},
                Catch=catch("Caught"),
            ),
            "Caught": passing(Output="caught"),
        },
        {"never": Answer()},
        output="caught",
        check=lambda ran: ran.starts("never") == [] and "Never" not in ran.states(),
    ),
    Rule(
        "states deep inside a sibling stop as well",
        PARALLEL,
        {
            "P": parallel(
                {"A": wait(1, Next="Stop"), "Stop": fail("Broken")},
                {"Inner": parallel({"C": wait(1, Next="Never"), "Never": task("never")}, {"D": wait(9)})},
                Catch=catch("Caught"),
            ),
            "Caught": passing(Output="caught"),
        },
        {"never": Answer()},
        output="caught",
        seconds=1,
        check=lambda ran: (
            "Never" not in ran.states() and {ran.status(name) for name in ("C", "D", "Inner")} == {"aborted"}
        ),
    ),
    Rule(
        "a deliberate Fail hands its computed cause to the Catch around it, and siblings outside live on",
        PARALLEL,
        {
            "Outer": parallel(
                {
                    "Understand": parallel(
                        {
                            "Classify": task("classify", Next="Discard"),
                            "Discard": {
                                "Type": "Fail",
                                "Error": "SpeculationDiscarded",
                                "Cause": "{% $string($states.input) %}",
                            },
                        },
                        {"Embed": task("embed")},
                        Catch=catch(
                            "Understood", "SpeculationDiscarded", Output="{% $parse($states.errorOutput.Cause) %}"
                        ),
                    ),
                    "Understood": passing(),
                },
                {"Customer": task("customer")},
            ),
        },
        {
            "classify": Answer({"intent": "chitchat"}, seconds=0.02),
            "embed": Answer("late", seconds=3),
            "customer": Answer("aiko", seconds=0.1),
        },
        output=[{"intent": "chitchat"}, "aiko"],
        seconds=0.1,
    ),
    Rule(
        "being stopped is no error: neither Retry nor Catch of what is stopped is taken",
        PARALLEL,
        {
            "P": parallel(
                {"A": wait(1, Next="Stop"), "Stop": fail("Broken")},
                {
                    "Inner": parallel({"B": task("slow")}, Retry=retry(), Catch=catch("Never")),
                    "Never": passing(),
                },
                Catch=catch("Caught"),
            ),
            "Caught": wait(60, Output="caught"),
        },
        {"slow": Answer(seconds=5)},
        output="caught",
        check=lambda ran: ran.states() == ["P", "A", "Inner", "B", "Stop", "Caught"] and ran.starts("slow") == [0],
    ),
    Rule(
        "the items of a Map in a sibling stop, those that had no room yet among them",
        PARALLEL,
        {
            "P": parallel(
                {"A": wait(1, Next="Stop"), "Stop": fail("Broken")},
                {"M": map_of({"Item": wait(9)}, Items=[1, 2, 3], MaxConcurrency=2)},
                Catch=catch("Caught"),
            ),
            "Caught": passing(Output="caught"),
        },
        output="caught",
        seconds=1,
        check=lambda ran: ran.states().count("Item") == 2 and ran.status("Item") == ran.status("M") == "aborted",
    ),
    Rule(
        "a backoff two Parallels deep is cut short",
        PARALLEL,
        {
            "P": parallel(
                {"A": wait(1, Next="Stop"), "Stop": fail("Broken")},
                {
                    "Inner": parallel(
                        {"Deep": parallel({"B": task("flaky", Retry=retry(IntervalSeconds=30))})},
                        Retry=retry(IntervalSeconds=30),
                    )
                },
                Catch=catch("Caught"),
            ),
            "Caught": wait(60, Output="caught"),
        },
        {"flaky": fails("Oops")},
        output="caught",
        check=lambda ran: ran.starts("flaky") == [0] and ran.status("Deep") == ran.status("Inner") == "aborted",
    ),
    Rule(
        "a Catch sees one failure, once, though siblings fail in the same moment and later",
        PARALLEL,
        {
            "P": parallel(
                {"A": task("first")}, {"B": task("same")}, {"C": task("later")}, Catch=catch("Caught", Assign={"n": 1})
            ),
            "Caught": wait(60),
        },
        {
            "first": fails("First", seconds=1),
            "same": fails("Second", seconds=1),
            "later": fails("Third", seconds=2),
        },
        output={"Error": "First", "Cause": ""},
        check=lambda ran: (
            ran.states().count("Caught") == 1
            and [ran.status(name) for name in "ABC"] == ["failed", "aborted", "aborted"]
            and ("later", 2) in ran.functions.ended
        ),
    ),
    Rule(
        "a Task that times out stops its siblings",
        GUIDE + "state-task.html",
        {
            "P": parallel(
                {"A": task("slow", TimeoutSeconds=2)}, {"B": wait(60)}, Catch=catch("Caught", "States.Timeout")
            ),
            "Caught": passing(Output="caught"),
        },
        {"slow": Answer(seconds=9)},
        output="caught",
        seconds=2,
    ),
    Rule(
        "a Parallel that is retried stops what its failed attempt left, then begins anew",
        ERRORS,
        {
            "P": parallel(
                {"A": task("flaky")},
                {"B": wait(3, Next="B2"), "B2": task("after")},
                Retry=retry("Oops", IntervalSeconds=10),
            )
        },
        {"flaky": [fails("Oops", seconds=1), Answer("fine")], "after": Answer("b")},
        output=["fine", "b"],
        check=lambda ran: ran.starts("after") == [14] and ran.starts("flaky") == [0, 11],
    ),
    Rule(
        "an error that a branch catches itself stops nobody",
        ERRORS,
        {
            "P": parallel(
                {"A": task("broken", Catch=catch("Instead")), "Instead": passing(Output="instead")},
                {"B": wait(1, Next="B2"), "B2": passing(Output="b")},
            )
        },
        {"broken": fails("Oops")},
        output=["instead", "b"],
        seconds=1,
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule)
def test_given_branches_when_one_fails_then_the_rule_holds(rule: Rule) -> None:
    verify(rule)
