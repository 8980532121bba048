"""Reading one object of a definition, with errors that name the state and the field."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from local.stepfunctions import fields
from local.stepfunctions.environment import Constant, Environment, Template
from local.stepfunctions.errors import DefinitionError, QueryError, StateError, StatesRuntimeError
from local.stepfunctions.json_types import JSON, type_name
from local.stepfunctions.jsonata_query import Expression, is_expression, template
from local.stepfunctions.jsonpath import Path, ReferencePath
from local.stepfunctions.path_template import path_or_call, path_template

_MAX_VARIABLE_CHARACTERS: Final = 80


class Scalar:
    """A compiled field that holds one value: a literal, an expression, or in its `...Path` twin a path.

    `failure` makes the error, from its cause, of a value that does not fit.
    """

    __slots__ = ("_template", "failure", "name", "text")

    def __init__(self, name: str, text: JSON, compiled: Template, failure: Callable[[str], StateError]) -> None:
        self.name, self.text, self._template = name, text, compiled
        self.failure = failure

    def __call__(self, environment: Environment) -> JSON:
        """The value."""
        return self._template(environment)


class Source:
    """A state, or an object inside of one: `place` is its path, such as "Catch[0]/"."""

    def __init__(
        self, state: str, value: JSON, language: str, allowed: frozenset[str] | None = None, place: str = ""
    ) -> None:
        self.state, self.language, self._place = state, language, place
        if not isinstance(value, Mapping):
            raise DefinitionError(f"expected an object, not {type_name(value)}", state=state, field=place.rstrip("/"))
        self._value = value
        if allowed is not None:
            self.restrict(allowed)

    def __contains__(self, field: str) -> bool:
        return field in self._value

    def restrict(self, allowed: frozenset[str]) -> None:
        """Refuse every field that is not allowed."""
        for field in self._value:
            if field not in allowed:
                raise self.refused(field, "the field is not implemented here")

    def refused(self, field: str, problem: str) -> DefinitionError:
        """An error at a field."""
        return DefinitionError(problem, state=self.state, field=self._place + field)

    def text(self, field: str, default: str | None = None) -> str:
        """A field that holds text."""
        value = self._value.get(field, default)
        if not isinstance(value, str):
            raise self.refused(field, "expected text")
        return value

    def number(self, field: str, default: float, *, least: float) -> float:
        """A field that holds a number of at least `least`."""
        value = self._value.get(field, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < least:
            raise self.refused(field, f"expected a number, at least {least:g}")
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        """A field that holds a list of texts, at least one."""
        value = self._value.get(field)
        if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
            raise self.refused(field, "expected a list of texts, at least one")
        return tuple(value)

    def objects(self, field: str, allowed: frozenset[str] | None = None) -> list["Source"]:
        """A field that holds a list of objects, with these fields where given; absent is empty."""
        value = self._value.get(field, [])
        if not isinstance(value, list):
            raise self.refused(field, "expected a list")
        place = self._place + field
        return [
            Source(self.state, item, self.language, allowed, f"{place}[{index}]/") for index, item in enumerate(value)
        ]

    def inner(self, field: str, allowed: frozenset[str]) -> "Source":
        """A field that holds an object with these fields."""
        return Source(self.state, self._value.get(field), self.language, allowed, f"{self._place}{field}/")

    @property
    def content(self) -> Mapping[str, JSON]:
        """The object as it stands."""
        return self._value

    def named(self) -> Iterator[str]:
        """The names of the fields that are there."""
        return iter(self._value)

    def value(self, field: str) -> Any:
        """What a field holds; None where it is absent."""
        return self._value.get(field)

    def template(self, field: str) -> Template | None:
        """A field that may hold expressions, or paths, anywhere; None where it is absent."""
        if field not in self._value:
            return None
        compiled = template if self.language == fields.JSONATA else path_template
        return compiled(self._value[field], self.state, self._place + field)

    def path(self, field: str) -> Template | None:
        """A field that holds a path; the root where it is absent, None where it is null."""
        value = self._value.get(field, "$")
        if value == "$":
            return _root
        return None if value is None else Path(self.text(field), self.state, self._place + field)

    def reference(self, field: str) -> ReferencePath | None:
        """A field that holds a reference path; the root where it is absent, None where it is null."""
        value = self._value.get(field, "$")
        return None if value is None else ReferencePath(self.text(field, "$"), self.state, self._place + field)

    def assignments(self) -> Template | None:
        """Assign: an object of variable names."""
        value = self._value.get("Assign")
        if value is None:
            return None
        if not isinstance(value, Mapping) or not all(map(_is_variable, value)):
            raise self.refused("Assign", "expected an object whose keys are variable names")
        return self.template("Assign")

    def scalar(self, field: str, *types: str, calls: bool = False) -> Scalar | None:
        """A field, or its `...Path` twin, for a value of one of these JSON types; None where neither is there.

        `calls` says that the twin may hold an intrinsic function.
        """
        twin = f"{field}Path"
        if twin in self._value:
            if field in self._value:
                raise self.refused(twin, f"expected either {field} or {twin}")
            place = self._place + twin
            compile_path = path_or_call if calls else Path
            return Scalar(twin, self.text(twin), compile_path(self.text(twin), self.state, place), StatesRuntimeError)
        if field not in self._value:
            return None
        failure = QueryError if self.language == fields.JSONATA else StatesRuntimeError
        return Scalar(field, self._value[field], self._literal(field, types), failure)

    def _literal(self, field: str, types: tuple[str, ...]) -> Template:
        value = self._value[field]
        if self.language == fields.JSONATA and is_expression(value):
            expression = Expression(value, self.state, self._place + field)
            return lambda environment: expression.expect(environment, *types)
        if type_name(value) not in types:
            raise self.refused(field, f"expected {' or '.join(types)}, not {type_name(value)}")
        return Constant(value)


def variable(key: str) -> str:
    """The variable that a key of Assign names."""
    return key.removesuffix(".$")


def _is_variable(key: JSON) -> bool:
    if not isinstance(key, str):
        return False
    name = variable(key)
    return name.isidentifier() and len(name) <= _MAX_VARIABLE_CHARACTERS and name != "states"


def _root(environment: Environment) -> JSON:
    return environment.root
