"""A JSONPath twin of the chat turn, for an interpreter that cannot run its JSONata.

It has the same states, branches, retries and catches, with data flow reduced to the least. Its Choices are told the
way: the input says which state each goes to.
"""

from collections.abc import Iterator, Mapping
from typing import Any

_KEPT = ("Type", "Next", "End", "Resource", "TimeoutSeconds", "Retry")
Definition = dict[str, Any]


def twin(definition: Mapping[str, Any]) -> Definition:
    """The twin of a definition."""
    states = {name: _state(name, state) for name, state in definition["States"].items()}
    timeout = {"TimeoutSeconds": definition["TimeoutSeconds"]} if "TimeoutSeconds" in definition else {}
    return {"StartAt": definition["StartAt"], **timeout, "States": states}


def ways(definition: Mapping[str, Any], visited: set[str]) -> dict[str, str]:
    """The input that leads a twin past the states that were visited: each Choice by its field, to its next state."""
    found: dict[str, str] = {}
    for name, state in _states(definition):
        if state["Type"] == "Choice":
            nexts = [*(choice["Next"] for choice in state["Choices"]), state["Default"]]
            found[_field(name)] = next((target for target in nexts if target in visited), state["Default"])
    return found


def _state(name: str, state: Mapping[str, Any]) -> Definition:
    made: Definition = {key: state[key] for key in _KEPT if key in state}
    if state["Type"] == "Parallel":
        made |= {"Branches": [twin(branch) for branch in state["Branches"]], "ResultPath": None}
    elif state["Type"] == "Task":
        made["ResultPath"] = None
    elif state["Type"] == "Choice":
        made |= {"Choices": [_choice(name, choice["Next"]) for choice in state["Choices"]], "Default": state["Default"]}
    elif state["Type"] == "Fail":
        made |= {"Error": "Refused", "Cause": "as the definition says"}
    if "Catch" in state:
        made["Catch"] = [
            {"ErrorEquals": catch["ErrorEquals"], "Next": catch["Next"], "ResultPath": None} for catch in state["Catch"]
        ]
    return made


def _choice(name: str, target: str) -> Definition:
    return {"Variable": f"$.{_field(name)}", "StringEquals": target, "Next": target}


def _field(name: str) -> str:
    return "".join(letter for letter in name.title() if letter.isalnum())


def _states(definition: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, state in definition["States"].items():
        yield name, state
        for branch in state.get("Branches", ()):
            yield from _states(branch)
