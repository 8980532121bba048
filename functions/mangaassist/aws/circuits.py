"""The circuits of all instances in this region: one small DynamoDB item a model."""

from dataclasses import dataclass
from typing import Any

from mangaassist.aws.tables import CONDITION_FAILED, Item, deserialized, dynamodb, serialized, within
from mangaassist.policy.breaker import Circuit

IS_AS_SEEN = "attribute_not_exists(version) OR version = :seen"


@dataclass(frozen=True)
class Circuits:
    table: str

    def read(self, name: str) -> Circuit:
        """A model's circuit, closed where there is none. Bounded by its client's timeouts; raises botocore's errors."""
        answer = dynamodb().get_item(TableName=self.table, Key=serialized(_key(name)), ConsistentRead=True)
        item = deserialized(answer.get("Item", {}))
        return _circuit(item) if item else Circuit()

    def replace(self, name: str, seen: Circuit, new: Circuit, *, now_ms: int, budget_ms: int) -> bool:
        """Make a transition, unless another instance has made one since.

        Raises TableError, TableTimeoutError.
        """
        fields = {"state": new.state, "until_ms": new.until_ms, "openings": new.openings, "version": new.version}
        request = {
            "TableName": self.table,
            "Item": serialized({**_key(name), **fields, "changed_at_ms": now_ms}),
            "ConditionExpression": IS_AS_SEEN,
            "ExpressionAttributeValues": serialized({":seen": seen.version}),
        }
        done: bool = within(budget_ms, lambda: _put(request))
        return done


def _key(name: str) -> Item:
    return {"model": name}


def _circuit(item: Item) -> Circuit:
    return Circuit(item["state"], int(item["until_ms"]), int(item["openings"]), int(item["version"]))


def _put(request: dict[str, Any]) -> bool:
    from botocore.exceptions import ClientError

    try:
        dynamodb().put_item(**request)
    except ClientError as error:
        if error.response["Error"]["Code"] == CONDITION_FAILED:
            return False
        raise
    return True
