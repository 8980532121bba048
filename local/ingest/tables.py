"""Batches of items into DynamoDB."""

from collections.abc import Iterable
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from local.ingest.items import Item
from local.ingest.progress import Report

BATCH = 25


def fill_table(dynamodb: Any, table: str, items: Iterable[Item], report: Report) -> int:
    """Put every item through a DynamoDB client; how many there were."""
    serializer = TypeSerializer()
    puts = [{"PutRequest": {"Item": serializer.serialize(item)["M"]}} for item in items]
    for start in range(0, len(puts), BATCH):
        _put(dynamodb, table, puts[start : start + BATCH])
        report(table, min(start + BATCH, len(puts)), len(puts))
    return len(puts)


def _put(dynamodb: Any, table: str, puts: list[dict[str, Any]]) -> None:
    waiting = {table: puts}
    while waiting:
        waiting = dynamodb.batch_write_item(RequestItems=waiting).get("UnprocessedItems", {})
