"""JSONata expressions and the templates that hold them, compiled once.

An expression is a string that starts with `{%` and ends with `%}`. A plain path such as `$states.input.a.b` or `$v.a`
is walked in Python as long as it meets objects only; everything else goes to the JSONata library, with the variables
bound that the expression mentions.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import jsonata

from local.stepfunctions.errors import DefinitionError, QueryError
from local.stepfunctions.functions import FUNCTIONS
from local.stepfunctions.json_types import JSON, compact, type_name

_OPEN, _CLOSE = "{%", "%}"
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_MEMBERS = "input|result|errorOutput"
_STEP = rf"\.(?!(?:true|false|null)\b){_NAME}"
_PLAIN_PATH: Final = re.compile(rf"\$(?:states\.({_MEMBERS})|(?!states\b)({_NAME}))((?:{_STEP})*)")
_VARIABLE: Final = re.compile(rf"\$({_NAME})")
_STATES: Final = re.compile(r"\$states\b")
_MEMBER: Final = re.compile(rf"\$states\.({_MEMBERS}|context)\b")
_EVAL: Final = re.compile(r"\$eval\s*\(")


@dataclass(slots=True)
class Environment:
    """What the expressions of one state may read: the variables in scope, and `$states`."""

    variables: Mapping[str, JSON]
    states: dict[str, JSON]
    context: Callable[[], JSON]


class Expression:
    """A compiled JSONata expression of one field."""

    __slots__ = ("_members", "_path", "_query", "_root", "_source", "_variables", "field")

    def __init__(self, text: str, state: str, field: str) -> None:
        self.field = field
        self._source = text.removeprefix(_OPEN).removesuffix(_CLOSE).strip()
        self._query = _compiled(self._source, state, field)
        self._variables = tuple(set(_VARIABLE.findall(self._source)) - {"states"})
        mentioned = _MEMBER.findall(self._source)
        whole = len(mentioned) < len(_STATES.findall(self._source))
        self._members: frozenset[str] = frozenset((*_MEMBERS.split("|"), "context") if whole else mentioned)
        plain = _PLAIN_PATH.fullmatch(self._source)
        self._root = (plain[1], plain[2]) if plain else None
        self._path = tuple(plain[3].split(".")[1:]) if plain else ()

    def evaluate(self, environment: Environment) -> JSON:
        """The value; raises QueryError where there is none."""
        value = self._walk(environment) if self._root else NotImplemented
        if value is NotImplemented:
            value = self._ask(environment)
        if value is jsonata.UNDEFINED:
            raise QueryError(f"{self._place()} returned nothing (undefined).")
        return value

    def expect(self, environment: Environment, *types: str) -> JSON:
        """The value, of one of these JSON types; raises QueryError otherwise."""
        value = self.evaluate(environment)
        if (found := type_name(value)) not in types:
            raise QueryError(
                f"{self._place()} returned an unexpected result type."
                f" Expected '{types[0]}', but was '{found}' for value: {compact(value)}"
            )
        return value

    def _walk(self, environment: Environment) -> Any:
        """The value of a plain path; UNDEFINED, or NotImplemented where JSONata's rules for arrays are needed."""
        member, name = self._root  # type: ignore[misc]  # asked for only where there is a root
        source = environment.states if member else environment.variables
        value = source.get(member or name, NotImplemented)
        for step in self._path:
            if type(value) is not dict:
                return NotImplemented
            value = value.get(step, jsonata.UNDEFINED)
        return value

    def _ask(self, environment: Environment) -> Any:
        variables = environment.variables
        bindings = {name: variables[name] for name in self._variables if name in variables}
        if self._members:
            states = {name: value for name, value in environment.states.items() if name in self._members}
            if "context" in self._members:
                states["context"] = environment.context()
            bindings["states"] = states
        try:
            return self._query.evaluate(None, bindings)
        except jsonata.JsonataError as error:
            raise QueryError(f"{self._place()} threw an error during evaluation. {error.code}: {error}") from error

    def _place(self) -> str:
        return f"The JSONata expression '{self._source}' specified for the field '{self.field}'"


def is_expression(value: JSON) -> bool:
    """Whether a value of a definition is a JSONata expression."""
    return isinstance(value, str) and value.startswith(_OPEN) and value.endswith(_CLOSE)


Template = Callable[[Environment], JSON]
"""A compiled template: its value in an environment."""


class Constant:
    """A template without expressions."""

    __slots__ = ("value",)

    def __init__(self, value: JSON) -> None:
        self.value = value

    def __call__(self, environment: Environment) -> JSON:
        """The value as it stands in the definition."""
        return self.value


def template(value: JSON, state: str, field: str) -> Template:
    """Compile a value of a definition, with the expressions anywhere in it."""
    if is_expression(value):
        return Expression(value, state, field).evaluate
    if isinstance(value, dict):
        parts = {key: template(item, state, f"{field}/{key}") for key, item in value.items()}
        return Constant(value) if _all_constant(parts.values()) else _object_of(parts)
    if isinstance(value, list):
        items = [template(item, state, f"{field}[{index}]") for index, item in enumerate(value)]
        return Constant(value) if _all_constant(items) else _array_of(items)
    return Constant(value)


def _all_constant(parts: Any) -> bool:
    return all(isinstance(part, Constant) for part in parts)


def _object_of(parts: Mapping[str, Template]) -> Template:
    members = tuple(parts.items())
    return lambda environment: {key: part(environment) for key, part in members}


def _array_of(items: list[Template]) -> Template:
    return lambda environment: [item(environment) for item in items]


def _compiled(source: str, state: str, field: str) -> jsonata.Jsonata:
    if _EVAL.search(source):
        raise DefinitionError("$eval is not available, use $parse", state=state, field=field)
    try:
        query = jsonata.Jsonata(source)
    except jsonata.JsonataError as error:
        raise DefinitionError(f"invalid JSONata '{source}': {error}", state=state, field=field) from error
    query.set_output_convert_nulls(False)
    for name, (function, signature) in FUNCTIONS.items():
        if f"${name}" in source:
            query.register_function(name, function, signature)
    return query
