"""The picture of the workflow, and what of a definition it shows."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from local.picture import picture
from local.picture.graph import Edge, graph

ROOT = Path(__file__).parents[2]
ASL = ROOT / "statemachine" / "chat_turn.asl.json"
MACHINE = {
    "StartAt": "Ask",
    "States": {
        "Ask": {"Type": "Task", "Next": "Reshape", "Catch": [{"ErrorEquals": ["E"], "Next": "Guess"}]},
        "Guess": {"Type": "Pass", "Next": "Reshape"},
        "Reshape": {"Type": "Pass", "Next": "Sure?"},
        "Sure?": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% true %}", "Next": "Tell"}],
            "Default": "Ask a person",
        },
        "Tell": {"Type": "Task", "Catch": [{"ErrorEquals": ["E"], "Next": "Ask a person"}], "End": True},
        "Ask a person": {"Type": "Task", "End": True},
    },
}


def names(level: Any) -> set[str]:
    return {node.name for node in level.nodes}.union(
        *(names(branch) for node in level.nodes for branch in node.branches)
    )


def test_when_a_definition_is_read_then_reshaping_is_left_out_and_fallbacks_are_captions() -> None:
    level = graph(MACHINE)

    assert [(node.name, node.fallbacks) for node in level.nodes] == [
        ("Ask", ("Guess",)),
        ("Sure?", ()),
        ("Tell", ()),
        ("Ask a person", ()),
    ]
    assert set(level.edges) == {
        Edge("Ask", "Sure?"),
        Edge("Sure?", "Tell"),
        Edge("Sure?", "Ask a person"),
        Edge("Tell", "Ask a person", caught=True),
    }


def test_when_the_chat_turn_is_drawn_then_every_function_and_question_is_in_it() -> None:
    definition = json.loads(ASL.read_text(encoding="utf-8"))
    shown = names(graph(definition))

    def declared(machine: dict[str, Any]) -> set[str]:
        own = {name for name, state in machine["States"].items() if state["Type"] in {"Task", "Choice", "Parallel"}}
        return own.union(
            *(declared(branch) for state in machine["States"].values() for branch in state.get("Branches", []))
        )

    assert declared(definition) <= shown
    assert ElementTree.fromstring(picture(definition)).tag.endswith("svg")


def test_the_picture_in_the_docs_is_the_one_of_the_definition() -> None:
    drawn = picture(json.loads(ASL.read_text(encoding="utf-8")))

    assert (ROOT / "docs" / "workflow.svg").read_text(encoding="utf-8") == drawn, (
        "draw it anew: python -m local.picture statemachine/chat_turn.asl.json docs/workflow.svg"
    )
