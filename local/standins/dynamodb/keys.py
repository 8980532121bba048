"""Primary keys, and the key conditions of a query."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.standins.dynamodb import nodes
from local.standins.dynamodb.errors import ValidationException
from local.standins.dynamodb.expressions import Scope
from local.standins.dynamodb.grammar import parse_condition
from local.standins.dynamodb.values import Item, Value, is_less, kind, sort_key

CONDITION = "KeyConditionExpression"
_MISMATCH = "The provided key element does not match the schema"
Hash = tuple[str, str]
Identity = tuple[Hash, ...]
InRange = Callable[[Value], bool]


@dataclass(frozen=True, slots=True)
class KeySchema:
    """The attributes of a key, the hash key first, and the types they have."""

    names: tuple[str, ...]
    types: Mapping[str, str]

    @classmethod
    def of(cls, schema: Sequence[Mapping[str, str]], types: Mapping[str, str]) -> "KeySchema":
        """From a table's or an index's KeySchema."""
        hash_first = sorted(schema, key=lambda part: part["KeyType"] == "RANGE")
        return cls(tuple(part["AttributeName"] for part in hash_first), types)

    @property
    def hash_name(self) -> str:
        return self.names[0]

    @property
    def range_name(self) -> str | None:
        return self.names[1] if len(self.names) > 1 else None

    def check_key(self, key: Item) -> None:
        """Raises ValidationException for what is not exactly a key."""
        if set(key) != set(self.names) or not self._has_types(key):
            raise ValidationException(_MISMATCH)
        self._check_filled(key)

    def check_item(self, item: Item) -> None:
        """Raises ValidationException for an item without a key of this schema."""
        for name in self.names:
            if name not in item:
                missing = f"Missing the key {name} in the item"
                raise ValidationException(f"One or more parameter values were invalid: {missing}")
            if kind(item[name]) != self.types[name]:
                mismatch = f"Type mismatch for key {name} expected: {self.types[name]} actual: {kind(item[name])}"
                raise ValidationException(f"One or more parameter values were invalid: {mismatch}")
        self._check_filled(item)

    def covers(self, item: Item) -> bool:
        """Whether an item has this key: an index holds no other."""
        return all(name in item for name in self.names) and self._has_types(item)

    def identity(self, item: Item) -> Identity:
        """The key of an item, fit to be looked up."""
        return tuple((kind(item[name]), item[name][kind(item[name])]) for name in self.names)

    def key(self, item: Item) -> Item:
        """The key of an item, as an item."""
        return {name: item[name] for name in self.names}

    def order(self, item: Item) -> Any:
        """What the items of one hash key are sorted by."""
        return sort_key(item[self.names[1]]) if len(self.names) > 1 else 0

    def _has_types(self, item: Item) -> bool:
        return all(kind(item[name]) == self.types[name] for name in self.names)

    def _check_filled(self, item: Item) -> None:
        for name in self.names:
            if item[name].get("S") == "":
                empty = "The AttributeValue for a key attribute cannot contain an empty string value"
                raise ValidationException(f"One or more parameter values are not valid. {empty}. Key: {name}")


@dataclass(frozen=True, slots=True)
class KeyCondition:
    """The items that a query is for: one hash key, and a test of the range key."""

    hash: Hash
    in_range: InRange


def key_condition(text: str, schema: KeySchema, scope: Scope) -> KeyCondition:
    """A key condition for a key; raises ValidationException for conditions that are none."""
    condition = parse_condition(text, CONDITION)
    terms = condition.conditions if isinstance(condition, nodes.Conjunction) else (condition,)
    tests: dict[str, tuple[str, list[Value]]] = {}
    for term in terms:
        name, operator, values = _term(term, scope)
        if name in tests:
            raise ValidationException(f"{CONDITION}s must only contain one condition per key")
        tests[name] = operator, values
    operator, values = tests.pop(schema.hash_name, ("", []))
    if operator != "=":
        raise ValidationException(f"Query condition missed key schema element: {schema.hash_name}")
    if set(tests) - {schema.range_name}:
        raise ValidationException(f"Query condition missed key schema element: {schema.range_name}")
    for name, (_, tested) in [(schema.hash_name, (operator, values)), *tests.items()]:
        if any(kind(value) != schema.types[name] for value in tested):
            mismatch = "Condition parameter type does not match schema type"
            raise ValidationException(f"One or more parameter values were invalid: {mismatch}")
    hash_value = values[0]
    in_range = _in_range(*next(iter(tests.values()))) if tests else lambda _: True
    return KeyCondition((kind(hash_value), hash_value[kind(hash_value)]), in_range)


def _term(term: nodes.Condition, scope: Scope) -> tuple[str, str, list[Value]]:
    match term:
        case nodes.Comparison(nodes.Path((_,)) as path, operator, nodes.Placeholder() as value) if operator != "<>":
            operands = [value]
        case nodes.Between(nodes.Path((_,)) as path, nodes.Placeholder() as low, nodes.Placeholder() as high):
            operator, operands = "BETWEEN", [low, high]
        case nodes.Call("begins_with", (nodes.Path((_,)) as path, nodes.Placeholder() as prefix)):
            operator, operands = "begins_with", [prefix]
        case _:
            raise ValidationException(f"Invalid operator used in {CONDITION}")
    (name,) = scope.steps(path, CONDITION)
    return str(name), operator, [scope.value(operand, CONDITION) for operand in operands]


def _in_range(operator: str, operands: list[Value]) -> InRange:
    if operator == "begins_with" and kind(operands[0]) != "S":
        raise ValidationException(f"Invalid {CONDITION}: Incorrect operand type for operator or function: begins_with")
    test = _TESTS[operator]
    return lambda value: test(value, *operands)


_TESTS: Mapping[str, Callable[..., bool]] = {
    "=": lambda value, operand: value == operand,
    "<": is_less,
    ">": lambda value, operand: is_less(operand, value),
    "<=": lambda value, operand: not is_less(operand, value),
    ">=": lambda value, operand: not is_less(value, operand),
    "BETWEEN": lambda value, low, high: not is_less(value, low) and not is_less(high, value),
    "begins_with": lambda value, prefix: value["S"].startswith(prefix["S"]),
}
