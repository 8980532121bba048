"""DynamoDB's operations over a set of tables; whoever calls them holds the lock."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from local.standins.dynamodb import reads, requests, writes
from local.standins.dynamodb.errors import (
    NotImplementedHereError,
    ResourceInUseException,
    ResourceNotFoundException,
    ValidationException,
)
from local.standins.dynamodb.expressions import Scope
from local.standins.dynamodb.requests import Request, one_of, required, restrict
from local.standins.dynamodb.table import Table
from local.standins.dynamodb.transactions import Prepare, Transactions

MOST_KEYS_READ = 100
MOST_BATCH_WRITES = 25
TABLE = frozenset({"TableName", "KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "BillingMode"})
Answer = dict[str, Any]


class Operations:
    """Operations by name."""

    def __init__(self) -> None:
        self.tables: dict[str, Table] = {}
        self._transactions = Transactions(self.table)
        self._named: Mapping[str, Callable[[Request], Answer]] = {
            "BatchGetItem": self._batch_get,
            "BatchWriteItem": self._batch_write,
            "CreateTable": self._create,
            "DeleteItem": lambda request: self._write(writes.delete, request, requests.DELETE, ("NONE", "ALL_OLD")),
            "DeleteTable": self._delete_table,
            "DescribeTable": self._describe,
            "GetItem": self._get,
            "PutItem": lambda request: self._write(writes.put, request, requests.PUT, ("NONE", "ALL_OLD")),
            "Query": lambda request: self._read(reads.query, request, requests.QUERY),
            "Scan": lambda request: self._read(reads.scan, request, requests.SCAN),
            "TransactWriteItems": self._transactions.write,
            "UpdateItem": lambda request: self._write(writes.update, request, requests.UPDATE, writes.RETURNED),
            "UpdateTimeToLive": self._expire,
        }

    def run(self, operation: str, request: Request) -> Answer:
        """The answer to a request; raises DynamoDbError."""
        if operation not in self._named:
            raise NotImplementedHereError(f"{operation} is not implemented here")
        return self._named[operation](request)

    def table(self, name: str) -> Table:
        """A table by name; raises ResourceNotFoundException."""
        if name not in self.tables:
            raise ResourceNotFoundException("Requested resource not found")
        return self.tables[name]

    def _write(self, prepare: Prepare, request: Request, allowed: Collection[str], returned: Collection[str]) -> Answer:
        restrict(request, {*allowed, "ReturnValues"})
        wanted = one_of(request, "ReturnValues", returned, "NONE")
        write = prepare(self._of(request), request)
        write.apply()
        attributes = write.returned(wanted)
        return {"Attributes": attributes} if attributes else {}

    def _read(self, read: Callable[[Table, Request], Answer], request: Request, allowed: Collection[str]) -> Answer:
        restrict(request, allowed)
        table = self._of(request)
        if request.get("ConsistentRead") and "IndexName" in request:
            raise ValidationException("Consistent reads are not supported on global secondary indexes")
        return read(table, request)

    def _get(self, request: Request) -> Answer:
        restrict(request, requests.GET)
        table = self._of(request)
        item = table.get(writes.key_of(table, request))
        wanted = reads.projection(request, Scope(request))
        return {} if item is None else {"Item": wanted(item)}

    def _batch_get(self, request: Request) -> Answer:
        restrict(request, {"RequestItems"})
        asked = required(request, "RequestItems")
        keys = sum(len(wanted["Keys"]) for wanted in asked.values())
        if not 1 <= keys <= MOST_KEYS_READ:
            raise ValidationException("Too many items requested for the BatchGetItem call")
        found = {name: self._batch(self.table(name), wanted) for name, wanted in asked.items()}
        return {"Responses": found, "UnprocessedKeys": {}}

    def _batch(self, table: Table, asked: Request) -> list[Any]:
        restrict(asked, {"Keys", "ProjectionExpression", "ExpressionAttributeNames"})
        keys = [writes.key_of(table, {"Key": key}) for key in asked["Keys"]]
        _check_distinct(map(table.schema.identity, keys))
        wanted = reads.projection(asked, Scope(asked))
        return [wanted(item) for item in map(table.get, keys) if item is not None]

    def _batch_write(self, request: Request) -> Answer:
        restrict(request, {"RequestItems"})
        asked = required(request, "RequestItems")
        if not 1 <= sum(map(len, asked.values())) <= MOST_BATCH_WRITES:
            raise ValidationException("Too many items requested for the BatchWriteItem call")
        prepared = [self._batched(self.table(name), write) for name, writing in asked.items() for write in writing]
        _check_distinct((write.table.name, write.table.schema.identity(write.key)) for write in prepared)
        for write in prepared:
            write.apply()
        return {"UnprocessedItems": {}}

    def _batched(self, table: Table, write: Request) -> writes.Write:
        restrict(write, {"PutRequest", "DeleteRequest"})
        if "PutRequest" in write:
            return writes.put(table, write["PutRequest"])
        return writes.delete(table, required(write, "DeleteRequest"))

    def _create(self, request: Request) -> Answer:
        restrict(request, TABLE)
        name = required(request, "TableName")
        if name in self.tables:
            raise ResourceInUseException(f"Table already exists: {name}")
        definition = {key: value for key, value in request.items() if key != "TableName"}
        self.tables[name] = Table(name, definition)
        return {"TableDescription": _description(self.tables[name])}

    def _delete_table(self, request: Request) -> Answer:
        restrict(request, {"TableName"})
        table = self._of(request)
        del self.tables[table.name]
        return {"TableDescription": _description(table)}

    def _describe(self, request: Request) -> Answer:
        restrict(request, {"TableName"})
        return {"Table": _description(self._of(request))}

    def _expire(self, request: Request) -> Answer:
        restrict(request, {"TableName", "TimeToLiveSpecification"})
        wanted = required(request, "TimeToLiveSpecification")
        self._of(request).expiry = wanted["AttributeName"] if wanted["Enabled"] else None
        return {"TimeToLiveSpecification": wanted}

    def _of(self, request: Request) -> Table:
        return self.table(required(request, "TableName"))


def _check_distinct(keys: Iterable[Any]) -> None:
    seen = list(keys)
    if len(set(seen)) < len(seen):
        raise ValidationException("Provided list of item keys contains duplicates")


def _description(table: Table) -> Answer:
    return {**table.definition, "TableName": table.name, "TableStatus": "ACTIVE", "ItemCount": len(table)}
