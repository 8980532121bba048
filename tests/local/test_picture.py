"""The picture of a state machine: what it shows, and that the one in the docs is today's."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from local.picture import lay_out, read
from local.picture.__main__ import draw, main
from local.picture.shapes import Box

ROOT = Path(__file__).parents[2]
ASL = ROOT / "statemachine" / "chat_turn.asl.json"
PICTURE = ROOT / "docs" / "workflow.svg"
SVG = "{http://www.w3.org/2000/svg}"
POLL = {
    "StartAt": "Ask",
    "States": {
        "Ask": {"Type": "Task", "Next": "Done?", "Catch": [{"ErrorEquals": ["Gone", "Late"], "Next": "Guess & go on"}]},
        "Guess & go on": {"Type": "Pass", "Next": "Done?"},
        "Done?": {"Type": "Choice", "Choices": [{"Condition": "{% $done %}", "Next": "Tell each"}], "Default": "Wait"},
        "Wait": {"Type": "Wait", "Seconds": 1, "Next": "Ask"},
        "Tell each": {
            "Type": "Map",
            "ItemProcessor": {"StartAt": "Tell", "States": {"Tell": {"Type": "Task", "End": True}}},
            "Catch": [
                {"ErrorEquals": ["Busy"], "Next": "Tell each"},
                {"ErrorEquals": ["States.ALL"], "Next": "Give up"},
            ],
            "End": True,
        },
        "Give up": {"Type": "Fail"},
    },
}


@pytest.fixture(scope="module")
def chat_turn() -> dict[str, Any]:
    definition: dict[str, Any] = json.loads(ASL.read_text(encoding="utf-8"))
    return definition


def levels(definition: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The states of each level: the definition's, and those of all branches within."""
    yield definition["States"]
    for state in definition["States"].values():
        for branch in [*state.get("Branches", []), *([state["ItemProcessor"]] if "ItemProcessor" in state else [])]:
            yield from levels(branch)


def declared(definition: dict[str, Any]) -> set[tuple[str, str]]:
    """Every transition that a definition names."""
    found = set()
    for level in levels(definition):
        for name, state in level.items():
            found |= {(name, rule["Next"]) for key in ("Choices", "Catch") for rule in state.get(key, [])}
            found |= {(name, state[key]) for key in ("Next", "Default") if key in state}
    return found


def arrows(picture: str) -> dict[tuple[str, str], str]:
    """The class of each arrow between two states; the arrows that begin a branch are left out."""
    paths = ElementTree.fromstring(picture).iter(f"{SVG}path")
    drawn = [path for path in paths if path.get("data-from")]
    found = {(path.attrib["data-from"], path.attrib["data-to"]): path.attrib["class"] for path in drawn}
    assert len(found) == len(drawn)
    return found


def states(picture: str) -> dict[str, str]:
    """The class of each state."""
    groups = [group for group in ElementTree.fromstring(picture).iter(f"{SVG}g") if group.get("data-state")]
    found = {group.attrib["data-state"]: group.attrib["class"] for group in groups}
    assert len(found) == len(groups)
    return found


@pytest.mark.parametrize("every_state", [False, True])
def test_given_the_chat_turn_when_drawn_then_every_state_is_in_the_picture(
    chat_turn: dict[str, Any], every_state: bool
) -> None:
    assert set(states(draw(chat_turn, every_state=every_state))) == {
        name for level in levels(chat_turn) for name in level
    }


def test_given_the_chat_turn_when_nothing_is_folded_then_every_transition_is_an_arrow(
    chat_turn: dict[str, Any],
) -> None:
    assert set(arrows(draw(chat_turn, every_state=True))) == declared(chat_turn)


def test_given_the_chat_turn_when_drawn_then_only_the_transitions_of_folded_fallbacks_have_no_arrow(
    chat_turn: dict[str, Any],
) -> None:
    picture = draw(chat_turn)
    folded = {name for name, kind in states(picture).items() if kind == "Fallback"}

    assert set(arrows(picture)) == {ends for ends in declared(chat_turn) if not folded & set(ends)}


def test_given_a_pass_that_goes_on_as_the_failed_state_does_when_drawn_then_it_is_folded_into_this_state() -> None:
    assert states(draw(POLL)) == {
        "Ask": "Task",
        "Guess & go on": "Fallback",
        "Done?": "Choice",
        "Wait": "Wait",
        "Tell each": "Frame",
        "Tell": "Task",
        "Give up": "Fail",
    }


def test_given_a_loop_when_drawn_then_its_arrow_leads_back_and_catches_are_told_apart() -> None:
    assert arrows(draw(POLL)) == {
        ("Ask", "Done?"): "went",
        ("Done?", "Tell each"): "went",
        ("Done?", "Wait"): "went",
        ("Wait", "Ask"): "went",
        ("Tell each", "Tell each"): "caught",
        ("Tell each", "Give up"): "caught",
    }


def test_given_the_chat_turn_when_drawn_then_every_arrow_ends_in_a_segment_that_has_a_direction(
    chat_turn: dict[str, Any],
) -> None:
    for path in ElementTree.fromstring(draw(chat_turn, every_state=True)).iter(f"{SVG}path"):
        points = re.findall(r"-?[\d.]+ -?[\d.]+", path.attrib["d"])
        assert "marker-end" not in path.attrib or points[-1] != points[-2], path.attrib


@pytest.mark.parametrize("fold", [True, False])
def test_given_the_chat_turn_when_laid_out_then_no_state_covers_another(chat_turn: dict[str, Any], fold: bool) -> None:
    boxes = [box for box in lay_out(read(chat_turn, fold=fold)).boxes if box.kind not in {"Frame", "Fallback"}]

    assert [(one.name, other.name) for i, one in enumerate(boxes) for other in boxes[:i] if overlap(one, other)] == []


def overlap(one: Box, other: Box) -> bool:
    return (
        abs(one.x - other.x) < (one.width + other.width) / 2 and abs(one.y - other.y) < (one.height + other.height) / 2
    )


def test_given_the_definition_when_drawn_now_then_the_picture_in_the_docs_is_the_same(tmp_path: Path) -> None:
    drawn = tmp_path / PICTURE.name
    main([str(ASL), str(drawn)])

    assert drawn.read_text(encoding="utf-8") == PICTURE.read_text(encoding="utf-8"), (
        "the state machine has changed: python -m local.picture statemachine/chat_turn.asl.json docs/workflow.svg"
    )
