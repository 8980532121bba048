"""What a request may hold: a field that is not implemented is refused by name."""

from collections.abc import Collection, Mapping
from typing import Any

from local.standins.dynamodb.errors import NotImplementedHereError, ValidationException
from local.standins.dynamodb.expressions import NAMES, VALUES

Request = Mapping[str, Any]

# Consistency and figures of capacity change no answer here: all reads are consistent, capacity has no end.
IGNORED = frozenset({"ConsistentRead", "ReturnConsumedCapacity", "ReturnItemCollectionMetrics"})
CONDITIONAL = frozenset({"TableName", "ConditionExpression", NAMES, VALUES, "ReturnValuesOnConditionCheckFailure"})
PUT = CONDITIONAL | {"Item"}
DELETE = CONDITIONAL | {"Key"}
UPDATE = CONDITIONAL | {"Key", "UpdateExpression"}
GET = frozenset({"TableName", "Key", "ProjectionExpression", NAMES})
READ = frozenset({"TableName", "IndexName", "FilterExpression", "ProjectionExpression", "Limit", "ExclusiveStartKey"})
QUERY = READ | {"KeyConditionExpression", "ScanIndexForward", NAMES, VALUES}
SCAN = READ | {NAMES, VALUES}


def restrict(request: Request, allowed: Collection[str]) -> None:
    """Raises NotImplementedHereError naming the first field that is not implemented."""
    for field in request:
        if field not in allowed and field not in IGNORED:
            raise NotImplementedHereError(f"{field} is not implemented here")


def required(request: Request, field: str) -> Any:
    """A field's value; raises ValidationException where it is missing."""
    if field not in request:
        name = field[0].lower() + field[1:]
        problem = f"Value null at '{name}' failed to satisfy constraint: Member must not be null"
        raise ValidationException(f"1 validation error detected: {problem}")
    return request[field]


def one_of(request: Request, field: str, values: Collection[str], default: str) -> str:
    """A field with a set of values; raises ValidationException for another one."""
    value = str(request.get(field, default))
    if value not in values:
        problem = (
            f"Value '{value}' failed to satisfy constraint: Member must satisfy enum value set: [{', '.join(values)}]"
        )
        raise ValidationException(f"1 validation error detected: {problem}")
    return value
