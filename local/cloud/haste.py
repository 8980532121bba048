"""What keeps moto's speed and memory from depending on how much it holds, with the same answers.

As it comes, it sorts a whole table at every query, copies whole tables at every transaction, remembers every object it
ever made, measures an item anew at each of its attributes, tries fifty spellings of every attribute it writes out and
lists its own folders at every call. A series out of 4,000 products took 230 ms, more than the budget of the function
that asks; 200 turns took a gigabyte.
Safe only behind the lock of `moto_application`.
"""

import copy
import inspect
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from moto import backends
from moto.core import responses
from moto.core.common_models import BaseModel
from moto.core.serialize import BaseJSONSerializer
from moto.core.utils import method_names_from_class
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table

Method = Callable[..., Any]


@cache
def hasten_moto() -> None:
    """Change moto once for this process."""
    changes: list[tuple[Any, str, Method]] = [
        (Table, "query", _narrowed(Table.query)),
        (DynamoDBBackend, "transact_write_items", _backed_up(DynamoDBBackend.transact_write_items)),
        (BaseJSONSerializer, "_serialize_type_structure", _as_it_is(BaseJSONSerializer._serialize_type_structure)),
        (Item, "__init__", _measured_once),
        (BaseModel, "__new__", lambda kind, *_, **__: object.__new__(kind)),
        (backends, "list_of_moto_modules", _constant(tuple(backends.list_of_moto_modules()))),
        (responses, "method_names_from_class", cache(method_names_from_class)),
    ]
    for owner, name, method in changes:
        setattr(owner, name, method)


def _constant(value: Any) -> Method:
    return lambda: value


def _narrowed(query: Method) -> Method:
    """A query that looks only at the items that its hash key names."""
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


def _backed_up(transact: Method) -> Method:
    """A transaction that keeps copies of the items under its own keys, not of their tables."""

    @wraps(transact)
    def backed_up(backend: Any, transact_items: list[dict[str, Any]]) -> Any:
        tables: dict[str, tuple[Any, list[Any]]] = {}
        for _, operation in (next(iter(item.items())) for item in transact_items):
            table = backend.tables.get(operation.get("TableName"))
            if table is not None:
                attributes = operation.get("Key") or operation.get("Item") or {}
                tables.setdefault(operation["TableName"], (table, []))[1].append(attributes.get(table.hash_key_attr))
        for table, keys in tables.values():
            table.__deepcopy__ = _backup_of(table, [DynamoType(key) for key in keys if key])
        try:
            return transact(backend, transact_items)
        finally:
            for table, _ in tables.values():
                del table.__deepcopy__

    return backed_up


def _backup_of(table: Any, keys: list[Any]) -> Method:
    def backup(_: dict[int, Any]) -> Any:
        kept = copy.copy(table)
        del kept.__deepcopy__
        kept.items = table.items.copy()
        for key in keys:
            if key in table.items:
                kept.items[key] = copy.deepcopy(table.items[key])
        return kept

    return backup


def _measured_once(item: Item, hash_key: DynamoType, range_key: DynamoType | None, attrs: dict[str, Any]) -> None:
    """An item that moto holds to DynamoDB's limit when its last attribute comes, not at each one."""
    item.hash_key = hash_key
    item.range_key = range_key
    item.attrs = LimitedSizeDict({name: DynamoType(value) for name, value in attrs.items()})
    for name in list(attrs)[-1:]:
        item.attrs[name] = item.attrs.pop(name)


def _as_it_is(serialize: Method) -> Method:
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
