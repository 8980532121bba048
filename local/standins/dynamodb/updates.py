"""What an update makes of an item. Every operand is read from the item as it was before."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from local.standins.dynamodb import nodes
from local.standins.dynamodb.errors import ValidationException
from local.standins.dynamodb.expressions import Scope, Steps, found, overlapping
from local.standins.dynamodb.grammar import parse_update
from local.standins.dynamodb.values import Item, Value, canonical, from_number, kind, number

UPDATE = "UpdateExpression"
_NO_PATH = "The document path provided in the update expression is invalid for update"
_NO_ATTRIBUTE = "The provided expression refers to an attribute that does not exist in the item"
_WRONG_TYPE = "An operand in the update expression has an incorrect data type"
_SETS = ("SS", "NS")


def updated(text: str | None, item: Item, scope: Scope, keys: Sequence[str]) -> tuple[Item, tuple[str, ...]]:
    """A new item, and the attributes that the update names; raises ValidationException."""
    if text is None:
        return item, ()
    actions = [(action, scope.steps(action.path, UPDATE)) for action in parse_update(text)]
    _check_paths([steps for _, steps in actions], keys)
    changes = [(action.clause, steps, _result(action, steps, item, scope)) for action, steps in actions]
    after = copy.deepcopy(item)
    # A later removal must not move what an earlier one names: lists shrink from their ends.
    for clause, steps, value in sorted(changes, key=lambda change: (change[0] == "REMOVE", _from_the_end(change[1]))):
        if clause == "REMOVE" or value is None:
            _remove(after, steps)
        else:
            _put(after, steps, value)
    return after, tuple(dict.fromkeys(str(steps[0]) for _, steps in actions))


def _result(action: nodes.Action, steps: Steps, item: Item, scope: Scope) -> Value | None:
    """What is to stand at the action's path; None for nothing."""
    if action.operand is None:
        return None
    value = _value(action.operand, item, scope)
    if action.clause == "SET":
        return value
    return (_added if action.clause == "ADD" else _taken)(found(item, steps), value)


def _value(operand: nodes.Operand, item: Item, scope: Scope) -> Value:
    match operand:
        case nodes.Placeholder():
            return scope.value(operand, UPDATE)
        case nodes.Path():
            value = found(item, scope.steps(operand, UPDATE))
            if value is None:
                raise ValidationException(_NO_ATTRIBUTE)
            return value
        case nodes.Sum(left, sign, right):
            return _summed(_value(left, item, scope), sign, _value(right, item, scope))
        case nodes.Call("if_not_exists", (nodes.Path() as path, default)):
            value = found(item, scope.steps(path, UPDATE))
            return _value(default, item, scope) if value is None else value
        case nodes.Call("list_append", (first, second)):
            return _joined(_value(first, item, scope), _value(second, item, scope))
        case nodes.Call(function):
            raise ValidationException(f"Invalid {UPDATE}: Invalid function name; function: {function}")


def _summed(left: Value, sign: str, right: Value) -> Value:
    if kind(left) != "N" or kind(right) != "N":
        raise ValidationException(_WRONG_TYPE)
    return from_number(lambda: number(left) + number(right) if sign == "+" else number(left) - number(right))


def _joined(first: Value, second: Value) -> Value:
    if kind(first) != "L" or kind(second) != "L":
        raise ValidationException(_WRONG_TYPE)
    return {"L": [*first["L"], *second["L"]]}


def _added(value: Value | None, more: Value) -> Value:
    if kind(more) not in ("N", *_SETS) or (value is not None and kind(value) != kind(more)):
        raise ValidationException(_WRONG_TYPE)
    if value is None:
        return more
    if kind(more) == "N":
        return _summed(value, "+", more)
    return canonical({kind(more): {*value[kind(more)], *more[kind(more)]}})


def _taken(value: Value | None, fewer: Value) -> Value | None:
    if kind(fewer) not in _SETS or (value is not None and kind(value) != kind(fewer)):
        raise ValidationException(_WRONG_TYPE)
    left = {*value[kind(fewer)]} - {*fewer[kind(fewer)]} if value else set()
    return canonical({kind(fewer): left}) if left else None


def _check_paths(paths: list[Steps], keys: Sequence[str]) -> None:
    for steps in paths:
        if steps[0] in keys:
            part = f"Cannot update attribute {steps[0]}. This attribute is part of the key"
            raise ValidationException(f"One or more parameter values were invalid: {part}")
    if both := overlapping(paths):
        one, two = (f"[{', '.join(map(str, steps))}]" for steps in both)
        overlap = "Two document paths overlap with each other; must remove or rewrite one of these paths"
        raise ValidationException(f"Invalid {UPDATE}: {overlap}; path one: {one}, path two: {two}")


def _from_the_end(steps: Steps) -> tuple[tuple[int, str], ...]:
    return tuple((-step, "") if isinstance(step, int) else (0, step) for step in steps)


def _put(item: Item, steps: Steps, value: Value) -> None:
    parent, last = _parent(item, steps)
    if isinstance(parent, list):
        # Beyond its end, a list grows by one.
        parent[int(last) : int(last) + 1] = [value]
    else:
        parent[last] = value


def _remove(item: Item, steps: Steps) -> None:
    parent, last = _parent(item, steps)
    if isinstance(parent, list):
        del parent[int(last) : int(last) + 1]
    else:
        parent.pop(last, None)


def _parent(item: Item, steps: Steps) -> tuple[Any, str | int]:
    """The map or list that holds the last step; raises ValidationException where there is none."""
    if len(steps) == 1:
        return item, steps[0]
    held = found(item, steps[:-1]) or {}
    parent: Mapping[str, Any] | list[Any] | None = held.get("L" if isinstance(steps[-1], int) else "M")
    if parent is None:
        raise ValidationException(_NO_PATH)
    return parent, steps[-1]
