"""DynamoDB items in and out, as plain dictionaries."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from mangaassist.aws.calls import Dependency, call_within
from mangaassist.aws.clients import client
from mangaassist.errors import TableError, TableTimeoutError

Item = dict[str, Any]

TABLES = Dependency("dynamodb", TableError, TableTimeoutError)
CONDITION_FAILED = "ConditionalCheckFailedException"
MOST_KEYS_A_BATCH = 100


def dynamodb() -> Any:
    return client("dynamodb")


def within(budget_ms: int, call: Callable[[], Any]) -> Any:
    """The call's result; raises TableError, TableTimeoutError."""
    return call_within(budget_ms, call, TABLES)


def get_items(table: str, keys: Iterable[Item], *, budget_ms: int) -> list[Item]:
    """The items that exist of these keys, in no particular order.

    Raises TableError, TableTimeoutError; TableError as well when DynamoDB leaves some keys unread.
    """
    wanted = [serialized(key) for key in keys][:MOST_KEYS_A_BATCH]
    if not wanted:
        return []
    answer = within(budget_ms, lambda: dynamodb().batch_get_item(RequestItems={table: {"Keys": wanted}}))
    if answer.get("UnprocessedKeys"):
        raise TableError(f"DynamoDB left keys of {table} unread")
    return _items(answer.get("Responses", {}), table)


def query_items(table: str, condition: str, values: Item, *, budget_ms: int) -> list[Item]:
    """One page (up to 1 MB) of the items that a key condition selects.

    Raises TableError, TableTimeoutError.
    """
    request: dict[str, Any] = {
        "TableName": table,
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": serialized(values),
    }
    answer = within(budget_ms, lambda: dynamodb().query(**request))
    return _items(answer, "Items")


def _items(answer: Mapping[str, Any], field: str) -> list[Item]:
    """botocore makes an answer without fields of a body that is no JSON."""
    if field not in answer:
        raise TableError(f"DynamoDB's answer has no {field}")
    return [deserialized(item) for item in answer[field]]


def serialized(item: Mapping[str, Any]) -> Item:
    return {name: _serializer().serialize(value) for name, value in item.items()}


def deserialized(item: Mapping[str, Any]) -> Item:
    return {name: _deserializer().deserialize(value) for name, value in item.items()}


@cache
def _serializer() -> Any:
    from boto3.dynamodb.types import TypeSerializer

    return TypeSerializer()


@cache
def _deserializer() -> Any:
    from boto3.dynamodb.types import TypeDeserializer

    return TypeDeserializer()
