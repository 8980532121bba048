"""Compiles calls such as `States.Format('Hello {}', $.name)`, nested ones included."""

import json
import re
from typing import Final

from local.stepfunctions.environment import Constant, Environment, Template
from local.stepfunctions.errors import DefinitionError, IntrinsicError, StateError
from local.stepfunctions.intrinsics import FUNCTIONS
from local.stepfunctions.json_types import JSON
from local.stepfunctions.jsonpath import Path

_TOKEN: Final = re.compile(
    r"""\s*(?:
        States\.(?P<call>\w+)\s*\(
      | (?P<text>'(?:[^'\\]|\\.)*')
      | (?P<literal>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)
      | (?P<path>\$(?:[^\s,()'"\[]|\[[^\]]*\])*)
      | (?P<mark>[,)])
    )\s*""",
    re.VERBOSE | re.DOTALL,
)


def is_call(text: str) -> bool:
    """Whether a text is meant as a call."""
    return text.startswith("States.")


def call(text: str, state: str, field: str) -> Template:
    """Compile a call; raises DefinitionError."""
    parser = _Parser(text, state, field)
    compiled = parser.argument(parser.token())
    if not parser.at_end():
        raise parser.refused()
    return compiled


class _Call:
    """A call of a function with compiled arguments."""

    __slots__ = ("_arguments", "_name")

    def __init__(self, name: str, arguments: list[Template]) -> None:
        self._name, self._arguments = name, arguments

    def __call__(self, environment: Environment) -> JSON:
        values = [argument(environment) for argument in self._arguments]
        try:
            return FUNCTIONS[self._name](*values)
        except StateError:
            raise
        except Exception as error:
            raise IntrinsicError(f"Invalid arguments in States.{self._name}: {error}") from error


class _Parser:
    def __init__(self, text: str, state: str, field: str) -> None:
        self._text, self._state, self._field = text, state, field
        self._position = 0

    def refused(self) -> DefinitionError:
        """An error at the current position."""
        problem = f"invalid intrinsic function at character {self._position} of '{self._text}'"
        return DefinitionError(problem, state=self._state, field=self._field)

    def at_end(self) -> bool:
        """Whether the whole text is read."""
        return self._position == len(self._text)

    def token(self) -> re.Match[str]:
        """Read a token."""
        token = _TOKEN.match(self._text, self._position)
        if token is None:
            raise self.refused()
        self._position = token.end()
        return token

    def argument(self, token: re.Match[str]) -> Template:
        """The argument that starts with this token."""
        if token["call"] is not None:
            if token["call"] not in FUNCTIONS:
                raise self.refused()
            return _Call(token["call"], self._arguments())
        if token["text"] is not None:
            return Constant(re.sub(r"\\(['\\])", r"\1", token["text"][1:-1]))
        if token["literal"] is not None:
            return Constant(json.loads(token["literal"]))
        if token["path"] is not None:
            return Path(token["path"], self._state, self._field)
        raise self.refused()

    def _arguments(self) -> list[Template]:
        arguments: list[Template] = []
        token = self.token()
        while token["mark"] != ")":
            arguments.append(self.argument(token))
            mark = self.token()["mark"]
            if mark == ")":
                break
            if mark != ",":
                raise self.refused()
            token = self.token()
        return arguments
