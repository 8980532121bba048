"""A table with its indexes. An item that is in it is never changed, only replaced."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.standins.dynamodb.errors import ValidationException
from local.standins.dynamodb.keys import Hash, Identity, KeySchema
from local.standins.dynamodb.values import Item

Partition = dict[Identity, Item]


@dataclass(slots=True)
class Index:
    """A table's items by a key, each under the identity that it has in the table.

    `projected` are the attributes that the index holds; None for all.
    """

    schema: KeySchema
    projected: frozenset[str] | None = None
    partitions: dict[Hash, Partition] = field(default_factory=lambda: defaultdict(dict))

    def add(self, identity: Identity, item: Item) -> None:
        if self.schema.covers(item):
            self.partitions[self.schema.identity(item)[0]][identity] = item

    def remove(self, identity: Identity, item: Item) -> None:
        if not self.schema.covers(item):
            return
        hash_key = self.schema.identity(item)[0]
        partition = self.partitions[hash_key]
        del partition[identity]
        if not partition:
            del self.partitions[hash_key]

    def items(self, hash_key: Hash, *, forward: bool) -> list[Item]:
        """The items of a hash key, in the order of the range key."""
        partition = self.partitions.get(hash_key, {})
        return sorted(partition.values(), key=self.schema.order, reverse=not forward)

    def shown(self, item: Item) -> Item:
        """What the index holds of an item."""
        return item if self.projected is None else {name: item[name] for name in item if name in self.projected}


class Table:
    """Items by primary key."""

    def __init__(self, name: str, definition: Mapping[str, Any]) -> None:
        self.name = name
        self.definition = dict(definition)
        self.expiry: str | None = None
        types = {part["AttributeName"]: part["AttributeType"] for part in definition["AttributeDefinitions"]}
        self.schema = KeySchema.of(definition["KeySchema"], types)
        self._primary = Index(self.schema)
        self._indexes = {
            index["IndexName"]: _index(index, self.schema, types)
            for index in definition.get("GlobalSecondaryIndexes", ())
        }
        self._items: dict[Identity, Item] = {}

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Item]:
        """All items."""
        return iter(self._items.values())

    def get(self, key: Item) -> Item | None:
        """The item of a key or of another item's key."""
        return self._items.get(self.schema.identity(key))

    def put(self, item: Item) -> None:
        """Put an item in place of the one that has its key."""
        self.remove(item)
        identity = self.schema.identity(item)
        self._items[identity] = item
        for index in self._all():
            index.add(identity, item)

    def remove(self, key: Item) -> None:
        """Remove the item of a key, if there is one."""
        identity = self.schema.identity(key)
        item = self._items.pop(identity, None)
        if item is not None:
            for index in self._all():
                index.remove(identity, item)

    def index(self, name: str | None) -> Index:
        """An index by name, or the primary key; raises ValidationException."""
        if name is None:
            return self._primary
        if name not in self._indexes:
            raise ValidationException(f"The table does not have the specified index: {name}")
        return self._indexes[name]

    def _all(self) -> Iterator[Index]:
        yield self._primary
        yield from self._indexes.values()


def _index(definition: Mapping[str, Any], primary: KeySchema, types: Mapping[str, str]) -> Index:
    schema = KeySchema.of(definition["KeySchema"], types)
    projection = definition["Projection"]
    if projection["ProjectionType"] == "ALL":
        return Index(schema)
    return Index(schema, frozenset({*primary.names, *schema.names, *projection.get("NonKeyAttributes", ())}))
