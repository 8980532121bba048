"""moto sorts a whole table at every query, tries fifty spellings of every attribute, lists its folders at every call.

Same answers in a time that depends on the answer and not on the table: a series out of 4,000 products took 230 ms and
more, longer than the budget of the function that asks. Safe only behind the lock of `moto_server`.
"""

import inspect
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from moto import backends
from moto.core import responses
from moto.core.serialize import BaseJSONSerializer
from moto.core.utils import method_names_from_class
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

Query = Callable[..., Any]


@cache
def hasten_moto() -> None:
    """Change moto once for this process."""
    changes: list[tuple[Any, str, Query]] = [
        (Table, "query", _narrowed(Table.query)),
        (DynamoType, "__deepcopy__", _copied),
        (BaseJSONSerializer, "_serialize_type_structure", _as_it_is(BaseJSONSerializer._serialize_type_structure)),
        (backends, "list_of_moto_modules", _constant(tuple(backends.list_of_moto_modules()))),
        (responses, "method_names_from_class", cache(method_names_from_class)),
    ]
    for owner, name, method in changes:
        setattr(owner, name, method)


def _constant(value: Any) -> Query:
    return lambda: value


def _narrowed(query: Query) -> Query:
    signature = inspect.signature(query)

    @wraps(query)
    def narrowed(table: Any, *arguments: Any, **options: Any) -> Any:
        found = _candidates(table, signature.bind(table, *arguments, **options).arguments)
        table.all_items = lambda: found
        try:
            return query(table, *arguments, **options)
        finally:
            del table.all_items

    return narrowed


def _candidates(table: Any, options: dict[str, Any]) -> list[Any]:
    """The items of the hash key; of an index, which moto keeps no record of, those that hold its values."""
    if options.get("index_name") is None:
        found = table.items.get(options["hash_key"])
        return [] if found is None else [found] if isinstance(found, Item) else list(found.values())
    conditions = options.get("hash_key_conditions") or []
    return [item for item in _items(table) if _holds(item, conditions)]


def _holds(item: Any, conditions: list[tuple[str, Any]]) -> bool:
    return all(name in item.attrs and item.attrs[name] == value for name, value in conditions)


def _items(table: Any) -> list[Any]:
    if table.range_key_attr is None:
        return list(table.items.values())
    return [item for items in table.items.values() for item in items.values()]


def _copied(value: Any, memo: dict[int, Any]) -> Any:
    """A DynamoType copied without Python's general machinery, which takes most of a query's time."""
    copied = object.__new__(DynamoType)
    copied.type = value.type
    copied.value = _copied_value(value.value, memo)
    return copied


def _copied_value(value: Any, memo: dict[int, Any]) -> Any:
    if isinstance(value, DynamoType):
        return _copied(value, memo)
    if isinstance(value, dict):
        return {key: _copied_value(item, memo) for key, item in value.items()}
    if isinstance(value, list):
        return [_copied_value(item, memo) for item in value]
    return value


def _as_it_is(serialize: Query) -> Query:
    """An attribute value is in its wire format already, unless it holds bytes."""

    @wraps(serialize)
    def serialized(serializer: Any, target: Any, value: Any, shape: Any, key: str) -> None:
        if shape.name == "AttributeValue" and key and isinstance(value, dict) and not _holds_bytes(value):
            serializer._default_serialize(target, value, shape, key)
        else:
            serialize(serializer, target, value, shape, key)

    return serialized


def _holds_bytes(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_bytes, value.values()))
    if isinstance(value, list):
        return any(map(_holds_bytes, value))
    return isinstance(value, bytes)
