"""DynamoDB's expressions, parsed once a text.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
"""

from functools import cache, lru_cache
from typing import Any

from lark import Lark, Transformer
from lark.exceptions import LarkError

from local.standins.dynamodb import nodes
from local.standins.dynamodb.errors import ValidationException

TEXTS_KEPT = 1_000
GRAMMAR = r"""
?condition: conjunction | conjunction (_OR conjunction)+  -> disjunction
?conjunction: negation | negation (_AND negation)+        -> conjunction
?negation: _NOT negation                                  -> negation
    | "(" condition ")"
    | operand (EQUAL | UNEQUAL) operand                   -> comparison
    | operand _BETWEEN operand _AND operand               -> between
    | operand _IN "(" operand ("," operand)* ")"          -> membership
    | call
?operand: path | placeholder | call
call: NAME "(" operand ("," operand)* ")"

update: clause+
clause: SET assignment ("," assignment)*
    | REMOVE removal ("," removal)*
    | (ADD | DELETE) change ("," change)*
assignment: path EQUAL term
removal: path
change: path placeholder
?term: operand | operand SIGN operand                     -> sum

projection: path ("," path)*

path: name ("." name | "[" INDEX "]")*
?name: NAME | ALIAS
placeholder: VALUE

_OR.2: /OR\b/i
_AND.2: /AND\b/i
_NOT.2: /NOT\b/i
_IN.2: /IN\b/i
_BETWEEN.2: /BETWEEN\b/i
SET.2: /SET\b/i
REMOVE.2: /REMOVE\b/i
ADD.2: /ADD\b/i
DELETE.2: /DELETE\b/i
EQUAL: "="
UNEQUAL: "<>" | "<=" | "<" | ">=" | ">"
SIGN: "+" | "-"
NAME: /[A-Za-z_][A-Za-z0-9_]*/
ALIAS: /#[A-Za-z0-9_]+/
VALUE: /:[A-Za-z0-9_]+/
INDEX: /[0-9]+/
%ignore /\s+/
"""


def parse_condition(text: str, kind: str) -> nodes.Condition:
    """A condition; raises ValidationException that names the `kind` of expression."""
    condition: nodes.Condition = _parsed("condition", text, kind)
    return condition


def parse_update(text: str) -> tuple[nodes.Action, ...]:
    """The actions of an update, each clause at most once."""
    actions: tuple[nodes.Action, ...] = _parsed("update", text, "UpdateExpression")
    return actions


def parse_projection(text: str) -> tuple[nodes.Path, ...]:
    """The paths that a projection keeps."""
    paths: tuple[nodes.Path, ...] = _parsed("projection", text, "ProjectionExpression")
    return paths


@lru_cache(TEXTS_KEPT)
def _parsed(start: str, text: str, kind: str) -> Any:
    try:
        return _Nodes().transform(_lark().parse(text, start=start))
    except LarkError as error:
        cause = error.__context__ if isinstance(error.__context__, ValidationException) else None
        raise cause or ValidationException(f"Invalid {kind}: Syntax error; {text!r}") from None


@cache
def _lark() -> Lark:
    return Lark(GRAMMAR, parser="lalr", start=["condition", "update", "projection"])


class _Nodes(Transformer[Any, Any]):
    def disjunction(self, parts: list[Any]) -> Any:
        return nodes.Disjunction(tuple(parts))

    def conjunction(self, parts: list[Any]) -> Any:
        return nodes.Conjunction(tuple(parts))

    def negation(self, parts: list[Any]) -> Any:
        return nodes.Negation(parts[0])

    def comparison(self, parts: list[Any]) -> Any:
        return nodes.Comparison(parts[0], str(parts[1]), parts[2])

    def between(self, parts: list[Any]) -> Any:
        return nodes.Between(*parts)

    def membership(self, parts: list[Any]) -> Any:
        return nodes.Membership(parts[0], tuple(parts[1:]))

    def call(self, parts: list[Any]) -> Any:
        return nodes.Call(str(parts[0]), tuple(parts[1:]))

    def path(self, parts: list[Any]) -> Any:
        return nodes.Path(tuple(int(part) if part.type == "INDEX" else str(part) for part in parts))

    def placeholder(self, parts: list[Any]) -> Any:
        return nodes.Placeholder(str(parts[0]))

    def sum(self, parts: list[Any]) -> Any:
        return nodes.Sum(parts[0], str(parts[1]), parts[2])

    def assignment(self, parts: list[Any]) -> Any:
        return parts[0], parts[2]

    def removal(self, parts: list[Any]) -> Any:
        return parts[0], None

    def change(self, parts: list[Any]) -> Any:
        return tuple(parts)

    def clause(self, parts: list[Any]) -> Any:
        return [nodes.Action(str(parts[0]).upper(), path, operand) for path, operand in parts[1:]]

    def update(self, clauses: list[Any]) -> Any:
        names = [actions[0].clause for actions in clauses]
        for name in names:
            if names.count(name) > 1:
                once = f'The "{name}" section can only be used once in an update expression;'
                raise ValidationException(f"Invalid UpdateExpression: {once}")
        return tuple(action for actions in clauses for action in actions)

    def projection(self, paths: list[Any]) -> Any:
        return tuple(paths)
