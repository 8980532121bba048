"""Whether a condition holds for an item."""

from collections.abc import Callable, Mapping
from typing import Any

from local.standins.dynamodb import nodes
from local.standins.dynamodb.errors import ValidationException
from local.standins.dynamodb.expressions import Scope, found
from local.standins.dynamodb.grammar import parse_condition
from local.standins.dynamodb.values import Item, Value, is_less, kind

_TYPES = ("B", "BOOL", "BS", "L", "M", "N", "NS", "NULL", "S", "SS")


def holds(text: str | None, item: Item | None, scope: Scope, kind_of: str = "ConditionExpression") -> bool:
    """Whether the condition holds for an item, or for there being none; one that is not there always does."""
    if text is None:
        return True
    return _Evaluation(item or {}, scope, kind_of).truth(parse_condition(text, kind_of))


class _Evaluation:
    __slots__ = ("_item", "_kind", "_scope")

    def __init__(self, item: Item, scope: Scope, kind_of: str) -> None:
        self._item, self._scope, self._kind = item, scope, kind_of

    def truth(self, condition: nodes.Condition) -> bool:
        """Every part is looked at, so that a mistake in one is found whatever the others say."""
        match condition:
            case nodes.Disjunction(conditions):
                return True in [self.truth(one) for one in conditions]
            case nodes.Conjunction(conditions):
                return False not in [self.truth(one) for one in conditions]
            case nodes.Negation(negated):
                return not self.truth(negated)
            case nodes.Call():
                return self._predicate(condition)
            case _:
                return self._relation(condition)

    def _relation(self, relation: nodes.Comparison | nodes.Between | nodes.Membership) -> bool:
        match relation:
            case nodes.Comparison(left, operator, right):
                return _compared(self._value(left), operator, self._value(right))
            case nodes.Between(operand, low, high):
                value = self._value(operand)
                return _compared(self._value(low), "<=", value) and _compared(value, "<=", self._value(high))
            case nodes.Membership(operand, choices):
                value = self._value(operand)
                return value is not None and value in [self._value(choice) for choice in choices]

    def _predicate(self, call: nodes.Call) -> bool:
        predicate = _PREDICATES.get(call.function)
        if predicate is None:
            raise self._refused(f"Invalid function name; function: {call.function}")
        operands, test = predicate
        if len(call.arguments) != operands:
            wrong = f"Incorrect number of operands for operator or function; operator or function: {call.function}"
            raise self._refused(f"{wrong}, number of operands: {len(call.arguments)}")
        if not isinstance(call.arguments[0], nodes.Path):
            raise self._refused(f"Operator or function requires a document path; operator or function: {call.function}")
        return bool(test(*(self._value(argument) for argument in call.arguments)))

    def _value(self, operand: nodes.Operand) -> Value | None:
        match operand:
            case nodes.Path():
                return found(self._item, self._scope.steps(operand, self._kind))
            case nodes.Placeholder():
                return self._scope.value(operand, self._kind)
            case nodes.Call("size", (nodes.Path() as path,)):
                return _size(self._value(path))
            case nodes.Call(function):
                raise self._refused(
                    f"The function is not allowed to be used this way in an expression; function: {function}"
                )
            case nodes.Sum():
                raise self._refused("Syntax error")

    def _refused(self, problem: str) -> ValidationException:
        return ValidationException(f"Invalid {self._kind}: {problem}")


def _compared(left: Value | None, operator: str, right: Value | None) -> bool:
    if left is None or right is None:
        # What is not there differs from everything.
        return operator == "<>" and left is not right
    return _COMPARISONS[operator](left, right)


def _size(value: Value | None) -> Value | None:
    if value is None:
        return None
    content = value[kind(value)]
    return {"N": str(len(content))} if isinstance(content, str | list | dict) else None


def _begins_with(value: Value | None, prefix: Value | None) -> bool:
    if value is None or prefix is None or kind(value) != kind(prefix) or kind(value) != "S":
        return False
    return bool(value["S"].startswith(prefix["S"]))


def _contains(value: Value | None, part: Value | None) -> bool:
    if value is None or part is None:
        return False
    if kind(value) == "L":
        return part in value["L"]
    pair = (kind(value), kind(part))
    return pair in (("S", "S"), ("SS", "S"), ("NS", "N")) and part[kind(part)] in value[kind(value)]


def _attribute_type(value: Value | None, name: Value | None) -> bool:
    if name is None or name.get("S") not in _TYPES:
        raise ValidationException(f"Invalid attribute type name found; valid types: {{{','.join(_TYPES)}}}")
    return value is not None and kind(value) == name["S"]


_COMPARISONS: Mapping[str, Callable[[Value, Value], bool]] = {
    "=": lambda left, right: left == right,
    "<>": lambda left, right: left != right,
    "<": is_less,
    ">": lambda left, right: is_less(right, left),
    "<=": lambda left, right: left == right or is_less(left, right),
    ">=": lambda left, right: left == right or is_less(right, left),
}
_PREDICATES: Mapping[str, tuple[int, Callable[..., Any]]] = {
    "attribute_exists": (1, lambda value: value is not None),
    "attribute_not_exists": (1, lambda value: value is None),
    "attribute_type": (2, _attribute_type),
    "begins_with": (2, _begins_with),
    "contains": (2, _contains),
}
