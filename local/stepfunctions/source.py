"""Reading one object of a definition, with errors that name the state and the field."""

from collections.abc import Mapping
from typing import Any, Final

from local.stepfunctions.errors import DefinitionError
from local.stepfunctions.json_types import JSON, type_name
from local.stepfunctions.jsonata_query import Constant, Environment, Expression, Template, is_expression, template

_MISSING: Final = object()


class Source:
    """A state, or an object inside of one: `place` is its path, such as "Catch[0]/"."""

    def __init__(self, state: str, value: JSON, allowed: frozenset[str] | None = None, place: str = "") -> None:
        self.state, self._place = state, place
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

    def objects(self, field: str, allowed: frozenset[str]) -> list["Source"]:
        """A field that holds a list of objects with these fields; absent is empty."""
        value = self._value.get(field, [])
        if not isinstance(value, list):
            raise self.refused(field, "expected a list")
        place = self._place + field
        return [Source(self.state, item, allowed, f"{place}[{index}]/") for index, item in enumerate(value)]

    def value(self, field: str) -> Any:
        """What a field holds; None where it is absent."""
        return self._value.get(field)

    def template(self, field: str) -> Template | None:
        """A field that may hold expressions anywhere; None where it is absent."""
        if field not in self._value:
            return None
        return template(self._value[field], self.state, self._place + field)

    def assignments(self) -> Template | None:
        """Assign: an object of variable names."""
        value = self._value.get("Assign")
        if value is None:
            return None
        if not isinstance(value, Mapping) or not all(_is_variable(name) for name in value):
            raise self.refused("Assign", "expected an object whose keys are variable names")
        return self.template("Assign")

    def scalar(self, field: str, *types: str) -> Template | None:
        """A field that holds a literal, or an expression for it, of one of these JSON types; None where absent."""
        value = self._value.get(field, _MISSING)
        if value is _MISSING:
            return None
        if is_expression(value):
            expression = Expression(value, self.state, self._place + field)
            return lambda environment: expression.expect(environment, *types)
        if type_name(value) not in types:
            raise self.refused(field, f"expected {' or '.join(types)}, not {type_name(value)}")
        return Constant(value)


def _is_variable(name: JSON) -> bool:
    return isinstance(name, str) and name.isidentifier() and len(name) <= 80 and name != "states"  # noqa: PLR2004 - AWS


def evaluated(part: Template | None, environment: Environment, default: JSON) -> JSON:
    """A template's value, or the default where the field is absent."""
    return default if part is None else part(environment)
