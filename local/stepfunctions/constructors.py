"""JSONata's constructors `{…}`, `[…]` and `$merge([…])`, built in Python.

What they hold is often large and only passed on: to convert it for the JSONata library and back would cost more than
all the rest. What stands inside and is no constructor, text or plain path is an expression for the library.
"""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, Final

from jsonata import UNDEFINED

from local.stepfunctions.environment import Environment
from local.stepfunctions.jsonata_path import Part, plain_path

_MERGE: Final = "merge"
_CALL: Final = f"${_MERGE}("
_TEXT: Final = re.compile(r"'[^'\\]*'|\"[^\"\\]*\"")
_MEMBER: Final = re.compile(rf"({_TEXT.pattern})\s*:\s*(.+)", re.DOTALL)
_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}
# Comments, regular expressions, quoted names, escapes and ranges: where they stand, brackets and commas may not count.
_UNREADABLE: Final = re.compile(r"[/`%\\]|\.\.")
_TOKEN: Final = re.compile(rf"{_TEXT.pattern}|[()\[\]{{}},]")

Leaf = Callable[[str], Part]


def constructor(source: str, leaf: Leaf) -> Part | None:
    """A constructor as a part, with `leaf` for the expressions inside; None for any other expression."""
    return None if _UNREADABLE.search(source) else _constructor(source.strip(), leaf)


def _constructor(source: str, leaf: Leaf) -> Part | None:
    if source.startswith(_CALL) and (inner := _inside(source[len(_CALL) - 1 :])) is not None:
        items = _inside(inner.strip(), "[")
        return None if items is None else _merge(_array(items, leaf))
    if (items := _inside(source, "[")) is not None:
        return _array(items, leaf)
    if (members := _inside(source, "{")) is not None:
        return _object(members, leaf)
    return None


def _part(source: str, leaf: Leaf) -> Part:
    if _TEXT.fullmatch(source):
        text = source[1:-1]
        return lambda _: text
    return plain_path(source) or _constructor(source, leaf) or leaf(source)


def _object(source: str, leaf: Leaf) -> Part | None:
    found = [_MEMBER.fullmatch(text) for text in _split(source)]
    members = [(member[1][1:-1], _part(member[2], leaf)) for member in found if member is not None]
    if len(members) < len(found) or len(dict(members)) < len(members):
        return None

    def build(environment: Environment) -> Any:
        built = {}
        for name, part in members:
            value = part(environment)
            if value is NotImplemented:
                return value
            if value is not UNDEFINED:
                built[name] = value
        return built

    return build


def _array(source: str, leaf: Leaf) -> Part:
    """Arrays among the items become part of it, but for those that are written as such."""
    items = [(_part(text, leaf), text.startswith("[")) for text in _split(source)]

    def build(environment: Environment) -> Any:
        built: list[Any] = []
        for part, nested in items:
            value = part(environment)
            if value is NotImplemented:
                return value
            if type(value) is list and not nested:
                built += value
            elif value is not UNDEFINED:
                built.append(value)
        return built

    return build


def _merge(items: Part) -> Part:
    def build(environment: Environment) -> Any:
        objects = items(environment)
        if objects is NotImplemented or _MERGE in environment.variables:
            return NotImplemented
        merged: dict[str, Any] = {}
        for item in objects:
            if type(item) is not dict:
                return NotImplemented
            merged |= item
        return merged

    return build


def _inside(source: str, opening: str = "(") -> str | None:
    """What stands between a bracket that opens a text and the one that closes it, where that is the text's last."""
    if not source.startswith(opening):
        return None
    for depth, token in _nested(source):
        if depth == 0 and token.group() == _CLOSING[opening]:
            return source[1:-1] if token.end() == len(source) else None
    return None


def _split(source: str) -> list[str]:
    """A text at its commas, those in brackets left alone."""
    commas = [token.start() for depth, token in _nested(source) if depth == 0 and token.group() == ","]
    edges = [-1, *commas, len(source)]
    parts = [source[left + 1 : right].strip() for left, right in pairwise(edges)]
    return [] if parts == [""] else parts


def _nested(source: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Brackets, commas and quoted texts, each with how many brackets are open after it."""
    depth = 0
    for token in _TOKEN.finditer(source):
        depth += (token.group() in _CLOSING) - (token.group() in _CLOSING.values())
        yield depth, token
