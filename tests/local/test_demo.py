"""What the demonstration sends and checks, and how it draws a turn."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from local.demo.scenarios import Scenario, differences, load_scenarios
from local.demo.show import WIDTH, show_opening, show_summary, show_turn
from local.demo.turns import Answer
from local.demo.waterfall import waterfall

ASL = Path(__file__).parents[2] / "statemachine" / "chat_turn.asl.json"
# Fallbacks that no failing dependency reaches: a broken function, the kill switch.
NOT_SHOWN = {"answer_turn", "retrieve_passages", "fill_template", "templates_only"}
ROUTES = {"template", "cached", "haiku", "sonnet", "handover"}


def state(name: str, kind: str, entered: float, left: float) -> dict[str, Any]:
    times = {"entered": entered, "left": left, "attempts": []}
    return {"name": name, "type": kind, "path": "", "status": "succeeded", "error": "", **times}


def task(name: str, entered: float, left: float, status: str = "succeeded", error: str = "") -> dict[str, Any]:
    return {**state(name, "Task", entered, left), "status": status, "error": error}


RECORD = {
    "started": 1000.0,
    "ended": 1100.0,
    "events": [
        task("Save turn", 1090, 1100),
        task("Open turn", 1000, 1010),
        state("How to answer?", "Choice", 1080, 1080),
        task("Classify intent", 1010, 1060, "caught", "ClassificationTimeoutError"),
        task("Retrieve passages", 1010, 1060, "aborted"),
    ],
}
ANSWER = Answer(200, {"reply": "Hello.", "route": "template", "intent": "chitchat", "degraded": ["save_turn"]}, RECORD)
SCENARIO = Scenario(title="Saving fails", message="Hi", locale="en", route="template", degraded=("save_turn",))


def states(machine: Any) -> Iterator[dict[str, Any]]:
    """Every state of a definition, those of its branches included."""
    for state in machine["States"].values():
        yield state
        for branch in state.get("Branches", []):
            yield from states(branch)


def declared(definition: str) -> set[str]:
    """The fallbacks that a definition writes into `degraded`, or hands on to a state that does."""
    found = set(re.findall(r"degraded, '(\w+)'", definition))
    for state in states(json.loads(definition)):
        outputs = [state.get("Output"), *(catch.get("Output") for catch in state.get("Catch", []))]
        for output in outputs:
            written = output.get("degraded") if isinstance(output, dict) else [output]
            found |= {name for name in written if _literal(name)} if isinstance(written, list) else set()
    return found


def _literal(name: Any) -> bool:
    return isinstance(name, str) and not name.startswith("{%")


def test_when_the_scenarios_are_read_then_every_route_is_shown_in_both_languages() -> None:
    shown = {(scenario.route, scenario.locale) for scenario in load_scenarios() if not scenario.faults}

    assert shown >= {(route, locale) for route in ROUTES for locale in ("en", "ja")}


def test_when_the_scenarios_are_read_then_every_fallback_of_the_state_machine_is_shown() -> None:
    shown = {name for scenario in load_scenarios() for name in scenario.degraded}

    assert declared(ASL.read_text()) - shown == NOT_SHOWN


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"route": "haiku"}, "route haiku, not template"),
        ({"degraded": []}, "degraded none, not save_turn"),
        ({"reply": "こんにちは。"}, "language ja, not en"),
    ],
)
def test_given_another_outcome_than_expected_when_compared_then_what_differs_is_named(
    body: dict[str, Any], says: str
) -> None:
    assert differences(SCENARIO, ANSWER) == []
    assert differences(SCENARIO, Answer(200, {**ANSWER.body, **body}, {})) == [says]


def test_given_a_refusal_when_compared_then_its_status_is_named() -> None:
    assert differences(SCENARIO, Answer(502, {"error": "internal"}, {})) == ["answered 502: {'error': 'internal'}"]


def test_when_a_turn_is_drawn_then_functions_come_in_order_on_one_axis() -> None:
    lines = [line.plain for line in waterfall(RECORD)]

    assert [line.split("█")[0].strip() for line in lines] == [
        "Open turn",
        "Classify intent",
        "Retrieve passages",
        "Save turn",
    ]
    assert lines[1].endswith("50 ms ClassificationTi…")
    assert lines[2].endswith("50 ms not waited for")
    assert lines[0].index("█") < lines[1].index("█") < lines[3].index("█")


def test_when_the_demonstration_is_shown_then_no_line_is_wider_than_the_page() -> None:
    console = Console(width=200, record=True, file=io.StringIO())
    turn = (SCENARIO.model_copy(update={"message": "長い質問です。" * 20}), ANSWER, ["route haiku, not template"])

    show_opening(console)
    show_turn(console, 1, turn)
    show_summary(console, [turn])

    assert max(len(line) for line in console.export_text().splitlines()) <= WIDTH
