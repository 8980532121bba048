"""Batches of items into DynamoDB: what differs from what is there, so that an interrupted load goes on."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from local.ingest.items import Item
from local.ingest.outcome import Loaded, version
from local.ingest.progress import Report

PUTS_A_CALL = 25
GETS_A_CALL = 100
ATTEMPTS = 8
FIRST_WAIT_S = 0.05
Stored = dict[str, dict[str, Any]]


class TableNotFilledError(RuntimeError):
    """DynamoDB kept refusing items; the same command goes on from here."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table to fill. `mark` is the key of the item that holds the version: "version" once all is there, "loading"
    until then. `owned`: what is in a table loaded before and not in data/ is of a former version, and goes."""

    name: str
    mark: Mapping[str, str]
    owned: bool


class TableLoader:
    """Fills tables through a DynamoDB client; `wait` is told the seconds to wait when DynamoDB refuses items."""

    def __init__(self, dynamodb: Any, report: Report, wait: Callable[[float], None] = time.sleep) -> None:
        self._dynamodb = dynamodb
        self._report = report
        self._wait = wait

    def fill(self, table: Table, items: Iterable[Item]) -> Loaded:
        """Put what is missing or differs; raises TableNotFilledError and botocore's errors."""
        rows = list(items)
        wanted = [_stored(item) for item in rows]
        digest = version(rows)
        mark = self._dynamodb.get_item(TableName=table.name, Key=_stored(table.mark), ConsistentRead=True).get("Item")
        if mark == _stored({**table.mark, "version": digest}):
            self._report(table.name, len(rows), len(rows))
            return Loaded(digest, len(rows), 0, 0)
        self._mark(table, {"loading": digest})
        put = sum(self._bring(table, batch, new=mark is None) for batch in self._batches(table, wanted))
        removed = self._remove_others(table, wanted) if table.owned and mark is not None else 0
        self._mark(table, {"version": digest})
        return Loaded(digest, len(rows), put, removed)

    def _batches(self, table: Table, wanted: list[Stored]) -> Iterator[list[Stored]]:
        self._report(table.name, 0, len(wanted))
        for start in range(0, len(wanted), GETS_A_CALL):
            yield wanted[start : start + GETS_A_CALL]
            self._report(table.name, min(start + GETS_A_CALL, len(wanted)), len(wanted))

    def _bring(self, table: Table, batch: list[Stored], *, new: bool) -> int:
        """A table that was never loaded holds none of the batch: it is not asked."""
        there = {} if new else self._there(table, batch)
        missing = [item for item in batch if there.get(_key(table, item)) != item]
        self._write(table, [{"PutRequest": {"Item": item}} for item in missing])
        return len(missing)

    def _there(self, table: Table, batch: list[Stored]) -> dict[str, Stored]:
        keys = [{name: item[name] for name in table.mark} for item in batch]
        asked: dict[str, Any] = {table.name: {"Keys": keys, "ConsistentRead": True}}
        found: dict[str, Stored] = {}
        for _ in self._attempts(table):
            answer = self._dynamodb.batch_get_item(RequestItems=asked)
            found |= {_key(table, item): item for item in answer["Responses"].get(table.name, [])}
            asked = answer.get("UnprocessedKeys", {})
            if not asked:
                break
        return found

    def _remove_others(self, table: Table, wanted: list[Stored]) -> int:
        kept = {_key(table, item) for item in (*wanted, _stored(table.mark))}
        names = {f"#{name}": name for name in table.mark}
        pages = self._dynamodb.get_paginator("scan").paginate(
            TableName=table.name, ProjectionExpression=",".join(names), ExpressionAttributeNames=names
        )
        others = [item for page in pages for item in page["Items"] if _key(table, item) not in kept]
        self._write(table, [{"DeleteRequest": {"Key": item}} for item in others])
        return len(others)

    def _write(self, table: Table, requests: list[dict[str, Any]]) -> None:
        for start in range(0, len(requests), PUTS_A_CALL):
            waiting: dict[str, Any] = {table.name: requests[start : start + PUTS_A_CALL]}
            for _ in self._attempts(table):
                waiting = self._dynamodb.batch_write_item(RequestItems=waiting).get("UnprocessedItems", {})
                if not waiting:
                    break

    def _attempts(self, table: Table) -> Iterator[None]:
        """A round for what DynamoDB left over, each after twice the wait."""
        yield
        for attempt in range(1, ATTEMPTS):
            self._wait(FIRST_WAIT_S * 2**attempt)
            yield
        raise TableNotFilledError(f"{table.name} takes no more for now: run the same command again, it goes on")

    def _mark(self, table: Table, fields: Mapping[str, str]) -> None:
        self._dynamodb.put_item(TableName=table.name, Item=_stored({**table.mark, **fields}))


def _stored(item: Mapping[str, Any]) -> Stored:
    stored: Stored = TypeSerializer().serialize(dict(item))["M"]
    return stored


def _key(table: Table, item: Stored) -> str:
    return "\n".join(str(item[name]["S"]) for name in table.mark)
