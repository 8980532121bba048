"""Put, update, delete and condition check of one item: first checked and computed, then applied."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.standins.dynamodb.conditions import holds
from local.standins.dynamodb.errors import ConditionalCheckFailedException
from local.standins.dynamodb.expressions import Scope
from local.standins.dynamodb.requests import Request, one_of, required
from local.standins.dynamodb.table import Table
from local.standins.dynamodb.updates import updated
from local.standins.dynamodb.values import Item, canonical_item, check_size

RETURNED = ("NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW")


@dataclass(frozen=True, slots=True)
class Write:
    """What one write does to the item of `key`: `after` is None where no item is to stand, `named` what it updates."""

    table: Table
    key: Item
    before: Item | None
    after: Item | None
    named: tuple[str, ...] = ()

    def apply(self) -> None:
        """Do it."""
        if self.after is not None:
            self.table.put(self.after)
        elif self.before is not None:
            self.table.remove(self.key)

    def returned(self, wanted: str) -> Item | None:
        """The attributes that ReturnValues asks for."""
        item = self.before if wanted.endswith("OLD") else self.after
        if wanted == "NONE" or not item:
            return None
        return item if wanted.startswith("ALL") else {name: item[name] for name in self.named if name in item}


def put(table: Table, request: Request) -> Write:
    """Raises ConditionalCheckFailedException, ValidationException."""
    item = canonical_item(required(request, "Item"))
    table.schema.check_item(item)
    check_size(item)
    before = _checked(table, item, request, Scope(request))
    return Write(table, table.schema.key(item), before, item)


def delete(table: Table, request: Request) -> Write:
    """Raises ConditionalCheckFailedException, ValidationException."""
    key = key_of(table, request)
    return Write(table, key, _checked(table, key, request, Scope(request)), None)


def check(table: Table, request: Request) -> Write:
    """A condition on an item that stays as it is; raises ConditionalCheckFailedException, ValidationException."""
    key = key_of(table, request)
    required(request, "ConditionExpression")
    item = _checked(table, key, request, Scope(request))
    return Write(table, key, item, item)


def update(table: Table, request: Request) -> Write:
    """Raises ConditionalCheckFailedException, ValidationException."""
    key, scope = key_of(table, request), Scope(request)
    before = _checked(table, key, request, scope)
    after, named = updated(request.get("UpdateExpression"), before or key, scope, table.schema.names)
    check_size(after)
    return Write(table, key, before, after, named)


def key_of(table: Table, request: Mapping[str, Any]) -> Item:
    """The key that a request names; raises ValidationException."""
    key = canonical_item(required(request, "Key"))
    table.schema.check_key(key)
    return key


def _checked(table: Table, key: Item, request: Request, scope: Scope) -> Item | None:
    """The item that stands there, its condition held."""
    item = table.get(key)
    if not holds(request.get("ConditionExpression"), item, scope):
        shown = one_of(request, "ReturnValuesOnConditionCheckFailure", ("NONE", "ALL_OLD"), "NONE") == "ALL_OLD"
        raise ConditionalCheckFailedException(item if shown else None)
    return item
