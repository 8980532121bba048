"""What of a definition is drawn: states that do or decide something, and the ways between them.

A Pass state that writes no draft of a reply and ends no answer only reshapes data: it is left out, and its
ways are joined. A state that nothing but a Catch leads to is a fallback: a caption of the states that fall back on it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

States = Mapping[str, Mapping[str, Any]]
# Ends of branches at this depth or less are answers, not data handed to a join.
_ANSWERING_DEPTH = 1


@dataclass(frozen=True, slots=True)
class Node:
    """A state. `fallbacks` are what stands in for it; `branches` are a Parallel's graphs."""

    name: str
    kind: str
    fallbacks: tuple[str, ...] = ()
    branches: tuple["Graph", ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from one state to another; taken after a failure when `caught`."""

    source: str
    target: str
    caught: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """The states of one level, in the definition's order, and the ways between them."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = field(default=())


def graph(machine: Mapping[str, Any], depth: int = 0) -> Graph:
    """The graph of a state machine, or of a branch `depth` Parallels down."""
    states: States = machine["States"]
    hidden = {name for name, state in states.items() if _is_hidden(name, state, states, depth)}
    fallbacks = _fallbacks(states, machine["StartAt"])
    shown = [name for name in states if name not in hidden | fallbacks]
    nodes = tuple(_node(name, states[name], fallbacks, depth) for name in shown)
    edges = dict.fromkeys(edge for name in shown for edge in _edges(name, states, hidden, fallbacks))
    return Graph(nodes, tuple(edges))


def _node(name: str, state: Mapping[str, Any], fallbacks: set[str], depth: int) -> Node:
    caught = [catch["Next"] for catch in state.get("Catch", []) if catch["Next"] in fallbacks]
    branches = tuple(graph(branch, depth + 1) for branch in state.get("Branches", []))
    return Node(name, state["Type"], tuple(dict.fromkeys(caught)), branches)


def _is_hidden(name: str, state: Mapping[str, Any], states: States, depth: int) -> bool:
    if state["Type"] != "Pass" or name in _fallbacks(states, ""):
        return False
    answers = "draft" in state.get("Assign", {}) or (state.get("End", False) and depth <= _ANSWERING_DEPTH)
    return not answers


def _fallbacks(states: States, start: str) -> set[str]:
    """The Pass and Fail states that only a Catch leads to."""
    led_to = {target for state in states.values() for target in _next(state)} | {start}
    caught = {catch["Next"] for state in states.values() for catch in state.get("Catch", [])}
    return {name for name in caught - led_to if states[name]["Type"] in {"Pass", "Fail"}}


def _next(state: Mapping[str, Any]) -> Iterator[str]:
    """Where a state leads when it does not fail."""
    yield from (choice["Next"] for choice in state.get("Choices", []))
    yield from (state[key] for key in ("Next", "Default") if key in state)


def _edges(name: str, states: States, hidden: set[str], fallbacks: set[str]) -> Iterator[Edge]:
    state = states[name]
    for target in _next(state):
        yield from (Edge(name, end) for end in _through(target, states, hidden))
    for catch in state.get("Catch", []):
        if catch["Next"] not in fallbacks:
            yield from (Edge(name, end, caught=True) for end in _through(catch["Next"], states, hidden))


def _through(name: str, states: States, hidden: set[str]) -> Iterator[str]:
    """The shown states that a way to `name` leads to."""
    if name not in hidden:
        yield name
        return
    for target in _next(states[name]):
        yield from _through(target, states, hidden)
