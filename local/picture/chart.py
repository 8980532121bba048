"""What is drawn of a definition: its states, their branches, and the transitions between them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Transition:
    """From one state to another; `errors` names what is caught, and is empty for a success."""

    source: str
    target: str
    errors: tuple[str, ...] = ()


@dataclass(frozen=True)
class State:
    """`fallbacks` are the folded states, by name."""

    name: str
    kind: str
    branches: tuple["Chart", ...] = ()
    fallbacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chart:
    """The states of one level, in the definition's order, and what leads from one to another."""

    start: str
    states: Mapping[str, State]
    transitions: tuple[Transition, ...]

    def out_of(self, name: str) -> list[Transition]:
        return [transition for transition in self.transitions if transition.source == name]

    def into(self, name: str) -> list[Transition]:
        return [transition for transition in self.transitions if transition.target == name]


def read(definition: Mapping[str, Any], *, fold: bool = True) -> Chart:
    """A definition, or one branch of it."""
    states = {name: _state(name, state, fold) for name, state in definition["States"].items()}
    transitions = tuple(one for name, state in definition["States"].items() for one in _transitions(name, state))
    chart = Chart(start=definition["StartAt"], states=states, transitions=transitions)
    return _folded(chart) if fold else chart


def _state(name: str, state: Mapping[str, Any], fold: bool) -> State:
    branches = [*state.get("Branches", ()), *(state[key] for key in ("ItemProcessor", "Iterator") if key in state)]
    return State(name, state["Type"], branches=tuple(read(branch, fold=fold) for branch in branches))


def _transitions(name: str, state: Mapping[str, Any]) -> Iterator[Transition]:
    """One for each target of a success, one for each target of a failure."""
    nexts = [state.get("Next"), *(rule["Next"] for rule in state.get("Choices", ())), state.get("Default")]
    for target in dict.fromkeys(target for target in nexts if target):
        yield Transition(name, target)
    caught: dict[str, tuple[str, ...]] = {}
    for catcher in state.get("Catch", ()):
        caught[catcher["Next"]] = (*caught.get(catcher["Next"], ()), *catcher["ErrorEquals"])
    for target, errors in caught.items():
        yield Transition(name, target, errors)


def _folded(chart: Chart) -> Chart:
    """Each Pass that one state alone falls back on, and that goes on as this state does, becomes a part of it."""
    hosts = {name: host for name in chart.states if (host := _host(chart, name))}
    states = {
        name: replace(state, fallbacks=tuple(folded for folded, host in hosts.items() if host == name))
        for name, state in chart.states.items()
        if name not in hosts
    }
    kept = tuple(one for one in chart.transitions if one.source not in hosts and one.target not in hosts)
    return Chart(start=chart.start, states=states, transitions=kept)


def _host(chart: Chart, name: str) -> str | None:
    ways_in = chart.into(name)
    if chart.states[name].kind != "Pass" or len(ways_in) != 1 or not ways_in[0].errors:
        return None
    host = ways_in[0].source
    goes_on = {one.target for one in chart.out_of(host) if not one.errors}
    return host if goes_on == {one.target for one in chart.out_of(name)} else None
