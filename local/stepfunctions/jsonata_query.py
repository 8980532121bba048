"""JSONata expressions and the templates that hold them, compiled once.

An expression is a string that starts with `{%` and ends with `%}`. Plain paths and constructors are evaluated in
Python; everything else goes to the JSONata library, with those parts of the variables bound that it mentions.
"""

import re
from typing import Any, Final

import jsonata

from local.stepfunctions.constructors import constructor
from local.stepfunctions.environment import Constant, Environment, Template, array_of, object_of
from local.stepfunctions.errors import DefinitionError, QueryError
from local.stepfunctions.functions import FUNCTIONS
from local.stepfunctions.json_types import JSON, compact, type_name
from local.stepfunctions.jsonata_path import NAME, STATES, STEP, plain_path

_OPEN, _CLOSE = "{%", "%}"
_REFERENCE: Final = re.compile(rf"\$({NAME})((?:{STEP})*)")
MAX_MILLISECONDS, MAX_DEPTH = 5_000, 500
_TIME: Final = re.compile(r"\$(?:millis|now)\b")
_MANY: Final = 2
_EVAL: Final = re.compile(r"\$eval\s*\(")


class Expression:
    """A compiled JSONata expression of one field."""

    __slots__ = ("_moment", "_parts", "_query", "_source", "_value", "field")

    def __init__(self, text: str, state: str, field: str) -> None:
        self.field = field
        self._source = text.removeprefix(_OPEN).removesuffix(_CLOSE).strip()
        self._query = _compiled(self._source, state, field)
        moments = len(_TIME.findall(self._source))
        self._moment = Moment(self._query) if moments else None
        self._parts = _parts(self._source)
        self._value = plain_path(self._source) or (
            # The time is the same in all of an expression.
            constructor(self._source, lambda part: Expression(part, state, field)._attempt) if moments < _MANY else None
        )

    def evaluate(self, environment: Environment) -> JSON:
        """The value; raises QueryError where there is none."""
        value = NotImplemented if self._value is None else self._value(environment)
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

    def _attempt(self, environment: Environment) -> Any:
        """The value as a part of another expression, which tells of an error as its own."""
        try:
            return self._ask(environment)
        except QueryError:
            return NotImplemented

    def _ask(self, environment: Environment) -> Any:
        bindings = {
            name: _pruned(environment.variables[name], parts)
            for name, parts in self._parts.items()
            if name in environment.variables
        }
        if (wanted := self._parts.get(STATES)) is not None:
            states = environment.states
            if not wanted or "context" in wanted:
                states = {**states, "context": environment.context()}
            bindings[STATES] = _pruned(states, wanted)
        if self._moment is not None:
            self._moment.milliseconds = int(environment.now())
        try:
            return self._query.evaluate(None, bindings)
        except jsonata.JsonataError as error:
            raise QueryError(f"{self._place()} threw an error during evaluation. {error.code}: {error}") from error

    def _place(self) -> str:
        return f"The JSONata expression '{self._source}' specified for the field '{self.field}'"


class Moment:
    """Makes `$millis()` and `$now()` of a query tell the time of the execution's clock."""

    def __init__(self, query: jsonata.Jsonata) -> None:
        self.milliseconds = 0
        self._format = jsonata.Jsonata("$fromMillis($at, $picture, $zone)")
        query.register_function("millis", lambda: self.milliseconds, "<:n>")
        query.register_function("now", self._now, "<s?s?:s>")

    def _now(self, picture: str | None = None, zone: str | None = None) -> str:
        given = {"at": self.milliseconds, "picture": picture, "zone": zone}
        return str(self._format.evaluate(None, {name: value for name, value in given.items() if value is not None}))


Parts = dict[str, "Parts"]
"""The members of an object that an expression may read, each with its own; empty means all of it."""


def _parts(source: str) -> Parts:
    """The variables that an expression mentions, with the members it reads of each."""
    parts: Parts = {}
    for name, path in _REFERENCE.findall(source):
        _add(parts, [name] if "%" in source else [name, *path.split(".")[1:]])
    return parts


def _add(parts: Parts, path: list[str]) -> None:
    for position, name in enumerate(path):
        known = name in parts
        if known and not parts[name]:
            return
        if position == len(path) - 1:
            parts[name] = {}
        parts = parts.setdefault(name, {})


def _pruned(value: JSON, parts: Parts) -> JSON:
    """A value without the members that nobody reads: what is not passed need not be converted."""
    if not parts or type(value) is not dict:
        return value
    return {name: _pruned(value[name], inner) for name, inner in parts.items() if name in value}


def is_expression(value: JSON) -> bool:
    """Whether a value of a definition is a JSONata expression."""
    return isinstance(value, str) and value.startswith(_OPEN) and value.endswith(_CLOSE)


def template(value: JSON, state: str, field: str) -> Template:
    """Compile a value of a definition, with the expressions anywhere in it."""
    if is_expression(value):
        return Expression(value, state, field).evaluate
    if isinstance(value, dict):
        return object_of({key: template(item, state, f"{field}/{key}") for key, item in value.items()})
    if isinstance(value, list):
        return array_of([template(item, state, f"{field}[{index}]") for index, item in enumerate(value)])
    return Constant(value)


def _compiled(source: str, state: str, field: str) -> jsonata.Jsonata:
    if _EVAL.search(source):
        raise DefinitionError("$eval is not available, use $parse", state=state, field=field)
    try:
        query = jsonata.Jsonata(source)
    except jsonata.JsonataError as error:
        raise DefinitionError(f"invalid JSONata '{source}': {error}", state=state, field=field) from error
    query.set_output_convert_nulls(False)
    query.set_runtime_bounds(MAX_MILLISECONDS, MAX_DEPTH)
    for name, (function, signature) in FUNCTIONS.items():
        if f"${name}" in source:
            query.register_function(name, function, signature)
    return query
