"""Queries and indexes as an unchanged client sees them of both stores."""

from typing import Any

import pytest

from tests.contract.test_dynamodb import used


def put_events(dynamodb: Any, *times: int) -> None:
    for at in times:
        key = {"id": {"S": "e"}, "at": {"N": str(at)}}
        spent = {"owner": {"S": "aiko"}, "spent": {"N": str(100 - at)}} if at % 2 else {}
        dynamodb.put_item(TableName="indexed", Item={**key, **spent, "note": {"S": f"n{at}"}, "rest": {"S": "r"}})


def queried(dynamodb: Any, condition: str = "id = :id", **more: Any) -> dict[str, Any]:
    values = {":id": {"S": "e"}, **more.pop("values", {})}
    answer: dict[str, Any] = dynamodb.query(
        TableName="indexed", KeyConditionExpression=condition, ExpressionAttributeValues=values, **more
    )
    return answer


def times(answer: dict[str, Any]) -> list[int]:
    return [int(item["at"]["N"]) for item in answer["Items"]]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("#at = :low", [9]),
        ("#at < :low", [-1, 2]),
        ("#at <= :low", [-1, 2, 9]),
        ("#at > :low", [10, 100]),
        ("#at >= :low", [9, 10, 100]),
        ("#at BETWEEN :low AND :high", [9, 10]),
    ],
)
def test_a_query_takes_what_its_range_holds_in_the_order_of_numbers(
    dynamodb: Any, condition: str, found: list[int]
) -> None:
    put_events(dynamodb, 10, 9, 100, 2, -1)

    values = used(condition, {":low": {"N": "9"}, ":high": {"N": "10"}})
    answer = queried(dynamodb, f"id = :id AND {condition}", values=values, ExpressionAttributeNames={"#at": "at"})

    assert times(answer) == found


def test_a_query_goes_backwards_and_on_from_where_it_was_limited(dynamodb: Any) -> None:
    put_events(dynamodb, 1, 2, 3)

    first = queried(dynamodb, ScanIndexForward=False, Limit=2)
    rest = queried(dynamodb, ScanIndexForward=False, ExclusiveStartKey=first["LastEvaluatedKey"])

    assert (times(first), times(rest)) == ([3, 2], [1])
    assert first["LastEvaluatedKey"] == {"id": {"S": "e"}, "at": {"N": "2"}}
    assert "LastEvaluatedKey" not in rest


def test_a_filter_is_applied_to_what_was_read(dynamodb: Any) -> None:
    put_events(dynamodb, 1, 2, 3)

    answer = queried(dynamodb, FilterExpression="note <> :n", values={":n": {"S": "n2"}}, Limit=2)

    assert (times(answer), answer["Count"], answer["ScannedCount"]) == ([1], 1, 2)


def test_an_index_holds_the_items_that_have_its_key_and_what_is_projected(dynamodb: Any) -> None:
    put_events(dynamodb, 1, 2, 3)

    answer = dynamodb.query(
        TableName="indexed",
        IndexName="by_owner",
        KeyConditionExpression="#owner = :owner",
        ExpressionAttributeNames={"#owner": "owner"},
        ExpressionAttributeValues={":owner": {"S": "aiko"}},
    )

    assert times(answer) == [3, 1]
    assert set(answer["Items"][0]) == {"id", "at", "owner", "spent", "note"}
