"""JSONPath as Step Functions reads it (Jayway's dialect).

`$` is the root of the document at hand, `$$` the context object, `$name` a variable. A definite path is walked here;
one that may match several values (wildcards, slices, unions, filters, `..`) gives the list of its matches, found by
python-jsonpath. https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html
"""

import re
from collections.abc import Sequence
from typing import Final

import jsonpath

from local.stepfunctions.environment import Environment
from local.stepfunctions.errors import DefinitionError, ResultPathError, StatesRuntimeError
from local.stepfunctions.json_types import JSON

_ROOT: Final = re.compile(r"\$(?P<context>\$)?(?P<variable>[^\W\d]\w*)?")
_STEP: Final = re.compile(
    r"""\.(?P<name>[\w-]+)|\[(?P<index>-?\d+)\]|\['(?P<single>(?:[^'\\]|\\.)*)'\]|\["(?P<double>(?:[^"\\]|\\.)*)"\]"""
)

Step = str | int


class MissingPathError(Exception):
    """A path leads nowhere; the text says where it ends."""


class Path:
    """A compiled path."""

    __slots__ = ("_context", "_query", "_steps", "_variable", "text")

    def __init__(self, text: str, state: str, field: str) -> None:
        self.text = text
        root = _ROOT.match(text)
        if root is None:
            raise DefinitionError(f"expected a path, not '{text}'", state=state, field=field)
        self._context, self._variable = bool(root["context"]), root["variable"]
        self._steps, rest = _definite_steps(text[root.end() :])
        self._query = _query(rest, text, state, field) if rest else None

    def find(self, environment: Environment) -> JSON:
        """The value; raises MissingPathError."""
        value = self._root(environment)
        for depth, step in enumerate(self._steps):
            try:
                value = _member(value, step)
            except LookupError:
                raise MissingPathError(f"Missing property in path {_normal(self._steps[: depth + 1])}") from None
        return value if self._query is None else self._query.findall(value)

    def __call__(self, environment: Environment) -> JSON:
        """The value; raises States.Runtime where there is none."""
        try:
            return self.find(environment)
        except MissingPathError as missing:
            raise StatesRuntimeError(f"Invalid path '{self.text}' : {missing}") from missing

    def _root(self, environment: Environment) -> JSON:
        if self._context:
            return environment.context()
        if self._variable is None:
            return environment.root
        if self._variable not in environment.variables:
            raise MissingPathError(f"Variable '{self._variable}' is not assigned")
        return environment.variables[self._variable]


class ReferencePath:
    """A path that names one place in a document, to be written."""

    __slots__ = ("_steps", "_text")

    def __init__(self, text: str, state: str, field: str) -> None:
        self._text = text
        self._steps, rest = _definite_steps(text[1:])
        if not text.startswith("$") or rest:
            raise DefinitionError(f"expected a reference path, not '{text}'", state=state, field=field)

    def written(self, document: JSON, value: JSON) -> JSON:
        """The document with the value at this place; objects on the way are made where they are missing."""
        try:
            return _written(document, self._steps, value)
        except (LookupError, TypeError) as error:
            raise ResultPathError(f"Unable to apply ReferencePath {self._text} to input") from error


def _written(document: JSON, steps: Sequence[Step], value: JSON) -> JSON:
    if not steps:
        return value
    step, *rest = steps
    if isinstance(step, int):
        return [*document[:step], _written(document[step], rest, value), *document[step + 1 :]]
    return {**document, step: _written(document.get(step, {}) if isinstance(document, dict) else {}, rest, value)}


def _definite_steps(text: str) -> tuple[tuple[Step, ...], str]:
    """The steps at the front that match one value each, and the rest of the path."""
    steps: list[Step] = []
    position = 0
    while step := _STEP.match(text, position):
        position = step.end()
        if step["index"] is not None:
            steps.append(int(step["index"]))
        else:
            steps.append(step["name"] or re.sub(r"\\(['\\])", r"\1", step["single"] or step["double"] or ""))
    return tuple(steps), text[position:]


def _query(rest: str, text: str, state: str, field: str) -> jsonpath.JSONPath | jsonpath.CompoundJSONPath:
    try:
        return jsonpath.compile(f"${rest}")
    except jsonpath.JSONPathError as error:
        raise DefinitionError(f"invalid path '{text}': {error}", state=state, field=field) from error


def _member(value: JSON, step: Step) -> JSON:
    if isinstance(step, str) and isinstance(value, dict):
        return value[step]
    if isinstance(step, int) and isinstance(value, list):
        return value[step]
    raise LookupError(step)


def _normal(steps: Sequence[Step]) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f"['{step}']" for step in steps)
