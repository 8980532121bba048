"""From a definition to a graph of compiled states; refuses what is not implemented and what cannot be reached."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from local.stepfunctions import fields
from local.stepfunctions.errors import DefinitionError
from local.stepfunctions.graph import Graph, State
from local.stepfunctions.json_types import JSON
from local.stepfunctions.resources import Resources
from local.stepfunctions.source import Source, variable
from local.stepfunctions.states.choice import Choice
from local.stepfunctions.states.ends import Fail, Succeed
from local.stepfunctions.states.map import Map
from local.stepfunctions.states.parallel import Parallel
from local.stepfunctions.states.passing import Pass
from local.stepfunctions.states.task import Task
from local.stepfunctions.states.wait import Wait

MAX_NAME_CHARACTERS: Final = 80
_TYPES: Final[Mapping[str, Callable[[Source], State]]] = {
    "Choice": Choice.compile,
    "Fail": Fail.compile,
    "Pass": Pass.compile,
    "Succeed": Succeed.compile,
    "Wait": Wait.compile,
}


class Compiler:
    """Compiles the graphs of one state machine; state names are unique in all of them.

    A variable that a graph assigns cannot be assigned in the branches inside of it.
    """

    def __init__(self, language: str, resources: Resources) -> None:
        self._language = language
        self._resources = resources
        self._names: set[str] = set()
        self._outer_variables: list[frozenset[str]] = []

    def graph(self, definition: Mapping[str, JSON], place: str | None = None) -> Graph:
        """Compile StartAt and States; `place` is the state around an inner graph."""
        states = definition.get("States")
        if not isinstance(states, Mapping) or not states:
            raise DefinitionError("expected an object with at least one state", state=place, field="States")
        for name in states:
            if name in self._names:
                raise DefinitionError("the name is used by another state", state=name)
            if len(name) > MAX_NAME_CHARACTERS:
                raise DefinitionError(f"the name is longer than {MAX_NAME_CHARACTERS} characters", state=name)
            self._names.add(name)
        start = definition.get("StartAt")
        _check_ways(start, states, place)
        self._outer_variables.append(self._variables(states))
        compiled = {name: self._state(name, value) for name, value in states.items()}
        self._outer_variables.pop()
        return Graph(str(start), compiled)

    def _variables(self, states: Mapping[str, JSON]) -> frozenset[str]:
        """The variables that the states assign, none of which an outer graph assigns."""
        assigned = {key: name for name, state in states.items() for key in _assigned(state)}
        for outer in self._outer_variables:
            for inner in outer & assigned.keys():
                raise DefinitionError(
                    f"the variable '{inner}' belongs to an outer scope", state=assigned[inner], field="Assign"
                )
        return frozenset(assigned)

    def _state(self, name: str, value: JSON) -> State:
        source = Source(name, value, self._language)
        state_type = source.text("Type")
        if state_type not in fields.STATES:
            raise source.refused("Type", f"the state type '{state_type}' is not implemented")
        language = source.text("QueryLanguage", self._language)
        if language not in _languages_inside(self._language):
            raise source.refused("QueryLanguage", f"a machine in {self._language} has no state in {language}")
        source = Source(name, value, language, fields.STATES[state_type][language])
        if state_type == "Task":
            return Task.compile(source, self._resources)
        if state_type == "Map":
            return Map.compile(source, self.graph, self._resources.kind)
        if state_type == "Parallel":
            return Parallel.compile(source, self.graph)
        return _TYPES[state_type](source)


def query_language(definition: Mapping[str, JSON]) -> str:
    """The query language of a machine, JSONPath where it names none."""
    language = definition.get("QueryLanguage", fields.JSONPATH)
    if language not in (fields.JSONATA, fields.JSONPATH):
        raise DefinitionError(f"expected {fields.JSONATA} or {fields.JSONPATH}", field="QueryLanguage")
    return str(language)


def _languages_inside(language: str) -> frozenset[str]:
    """The languages that the states of a machine may have: one in JSONPath may convert state by state."""
    return frozenset({fields.JSONATA, language})


def _assigned(state: JSON) -> Iterator[str]:
    """The variables that a state assigns, in its Catch and its Choices too."""
    for part in (state, *_entries(state, "Choices"), *_entries(state, "Catch")):
        if isinstance(part, Mapping) and isinstance(part.get("Assign"), Mapping):
            yield from map(variable, part["Assign"])


def _entries(state: JSON, field: str) -> list[JSON]:
    entries = state.get(field) if isinstance(state, Mapping) else None
    return entries if isinstance(entries, list) else []


def _check_ways(start: JSON, states: Mapping[str, JSON], place: str | None) -> None:
    """Refuse ways that lead nowhere and states that no way leads to."""
    if not isinstance(start, str) or start not in states:
        raise DefinitionError(f"there is no state '{start}'", state=place, field="StartAt")
    for name, state in states.items():
        for field, target in _ways(name, state):
            if not isinstance(target, str) or target not in states:
                raise DefinitionError(f"there is no state '{target}'", state=name, field=field)
    reached, open_ways = {start}, [start]
    while open_ways:
        here = open_ways.pop()
        targets = {target for _, target in _ways(here, states[here])} - reached
        reached |= targets
        open_ways.extend(targets)
    for name in states:
        if name not in reached:
            raise DefinitionError("no other state leads to this state", state=name)


def _ways(name: str, state: JSON) -> Iterator[tuple[str, JSON]]:
    """Each field of a state that names a next state, and that state."""
    if not isinstance(state, Mapping):
        raise DefinitionError("expected an object", state=name)
    for field in ("Next", "Default"):
        if field in state:
            yield field, state[field]
    for field in ("Choices", "Catch"):
        for index, entry in enumerate(_entries(state, field)):
            if isinstance(entry, Mapping) and "Next" in entry:
                yield f"{field}[{index}]/Next", entry["Next"]
