"""TransactWriteItems: all of its writes or none, and once a token."""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from typing import Any

import orjson

from local.standins.dynamodb import requests, writes
from local.standins.dynamodb.errors import (
    ConditionalCheckFailedException,
    DynamoDbError,
    IdempotentParameterMismatchException,
    TransactionCanceledException,
    ValidationException,
)
from local.standins.dynamodb.requests import Request, required, restrict
from local.standins.dynamodb.table import Table

MOST_WRITES = 100
TOKEN_LIFE_S = 600.0
TOKENS_KEPT = 10_000
Prepare = Callable[[Table, Request], writes.Write]
ACTIONS: Mapping[str, tuple[Prepare, Collection[str]]] = {
    "Put": (writes.put, requests.PUT),
    "Update": (writes.update, requests.UPDATE),
    "Delete": (writes.delete, requests.DELETE),
    "ConditionCheck": (writes.check, requests.DELETE),
}


class Transactions:
    """The transactions of a store, by their tokens."""

    def __init__(self, table: Callable[[str], Table], now: Callable[[], float] = time.monotonic) -> None:
        self._table = table
        self._now = now
        self._done: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    def write(self, request: Request) -> dict[str, Any]:
        """Do all writes or none; raises TransactionCanceledException, ValidationException."""
        restrict(request, {"TransactItems", "ClientRequestToken"})
        items = required(request, "TransactItems")
        if self._is_done(request.get("ClientRequestToken"), items):
            return {}
        for write in self._prepared(items):
            write.apply()
        self._remember(request.get("ClientRequestToken"), items)
        return {}

    def _prepared(self, items: list[Request]) -> list[writes.Write]:
        if not 1 <= len(items) <= MOST_WRITES:
            problem = f"Member must have length less than or equal to {MOST_WRITES}"
            raise ValidationException(f"1 validation error detected: Value at 'transactItems': {problem}")
        outcomes = [self._outcome(item) for item in items]
        prepared = [outcome for outcome in outcomes if isinstance(outcome, writes.Write)]
        touched = [(write.table.name, write.table.schema.identity(write.key)) for write in prepared]
        if len(set(touched)) < len(touched):
            raise ValidationException("Transaction request cannot include multiple operations on one item")
        if len(prepared) < len(items):
            raise TransactionCanceledException([_reason(outcome) for outcome in outcomes])
        return prepared

    def _outcome(self, item: Request) -> writes.Write | DynamoDbError:
        if len(item) != 1 or next(iter(item)) not in ACTIONS:
            raise ValidationException("TransactItems can only contain one of Check, Put, Update or Delete")
        ((action, request),) = item.items()
        prepare, allowed = ACTIONS[action]
        restrict(request, allowed)
        try:
            return prepare(self._table(required(request, "TableName")), request)
        except ConditionalCheckFailedException as failure:
            return failure

    def _is_done(self, token: str | None, items: Any) -> bool:
        while self._done and (len(self._done) > TOKENS_KEPT or next(iter(self._done.values()))[0] < self._now()):
            self._done.popitem(last=False)
        if token is None or token not in self._done:
            return False
        if self._done[token][1] != _digest(items):
            raise IdempotentParameterMismatchException("The token was used for a transaction with other parameters")
        return True

    def _remember(self, token: str | None, items: Any) -> None:
        if token is not None:
            self._done[token] = self._now() + TOKEN_LIFE_S, _digest(items)


def _digest(items: Any) -> bytes:
    return hashlib.sha256(orjson.dumps(items, option=orjson.OPT_SORT_KEYS)).digest()


def _reason(outcome: writes.Write | DynamoDbError) -> dict[str, Any]:
    if isinstance(outcome, writes.Write):
        return {"Code": "None"}
    reason = {"Code": "ConditionalCheckFailed", "Message": str(outcome)}
    item = getattr(outcome, "item", None)
    return {**reason, "Item": item} if item else reason
