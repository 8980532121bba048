"""DynamoDB tables of the template, in moto."""

from typing import Any

from local.template.specs import ResourceSpec

_COPIED = ("AttributeDefinitions", "KeySchema")


def create_table(dynamodb: Any, table: ResourceSpec) -> None:
    """Create a table with its indexes and TTL. A global table is its replica in this region.

    It has no stream: nothing here reads one, and moto keeps all that goes into it.
    """
    properties = table.properties
    request = {key: properties[key] for key in _COPIED}
    for key in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        if key in properties:
            request[key] = [_index(index) for index in properties[key]]
    dynamodb.create_table(TableName=table.name, BillingMode="PAY_PER_REQUEST", **request)
    if "TimeToLiveSpecification" in properties:
        dynamodb.update_time_to_live(
            TableName=table.name, TimeToLiveSpecification=properties["TimeToLiveSpecification"]
        )


def _index(index: dict[str, Any]) -> dict[str, Any]:
    return {key: index[key] for key in ("IndexName", "KeySchema", "Projection")}
