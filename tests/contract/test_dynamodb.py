"""What an unchanged client sees of both stores: expressions, pages, indexes, transactions, errors."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.contract.conftest import at_once

KEY = {"product_id": {"S": "p-1"}}
ITEM: dict[str, Any] = {
    **KEY,
    "stock": {"N": "3"},
    "title": {"S": "One Piece"},
    "tags": {"SS": ["action", "sea"]},
    "crew": {"L": [{"S": "Luffy"}, {"S": "Zoro"}, {"S": "Nami"}]},
    "price": {"M": {"usd": {"N": "9.99"}, "jpy": {"N": "1400"}}},
}
VALUES = {
    ":one": {"N": "1"},
    ":three": {"N": "3"},
    ":five": {"N": "5"},
    ":title": {"S": "One"},
    ":sea": {"S": "sea"},
    ":type": {"S": "L"},
}
CONDITIONS = {
    "stock = :three": True,
    "stock <> :three": False,
    "stock < :five AND stock > :one": True,
    "stock <= :three AND stock >= :five": False,
    "stock BETWEEN :one AND :five": True,
    "NOT stock BETWEEN :five AND :five": True,
    "stock IN (:one, :three)": True,
    "stock = :one OR stock = :five": False,
    "attribute_exists(stock) AND attribute_not_exists(gone)": True,
    "begins_with(title, :title)": True,
    "contains(title, :title)": True,
    "contains(tags, :sea)": True,
    "contains(crew, :sea)": False,
    "attribute_type(crew, :type)": True,
    "size(crew) = :three": True,
    "size(title) > :five": True,
    "gone = :one": False,
    "gone < :one": False,
    "price.usd > :five": True,
    "crew[1] = :sea": False,
    "crew[7] = :sea": False,
}
UPDATES: dict[str, dict[str, Any]] = {
    "SET stock = stock - :one": {"stock": {"N": "2"}},
    "SET stock = if_not_exists(stock, :five)": {"stock": {"N": "3"}},
    "SET sold = if_not_exists(sold, :one)": {"sold": {"N": "1"}},
    "SET price.eur = :five": {"price": {"M": {**ITEM["price"]["M"], "eur": {"N": "5"}}}},
    "SET crew[1] = :sea": {"crew": {"L": [{"S": "Luffy"}, {"S": "sea"}, {"S": "Nami"}]}},
    "SET crew[9] = :sea": {"crew": {"L": [*ITEM["crew"]["L"], {"S": "sea"}]}},
    "SET crew = list_append(crew, :list)": {"crew": {"L": [*ITEM["crew"]["L"], {"S": "Usopp"}]}},
    "SET stock = :one, sold = stock": {"stock": {"N": "1"}, "sold": {"N": "3"}},
    "REMOVE title": {"title": None},
    "REMOVE crew[0], crew[2]": {"crew": {"L": [{"S": "Zoro"}]}},
    "REMOVE price.usd": {"price": {"M": {"jpy": {"N": "1400"}}}},
    "ADD stock :five": {"stock": {"N": "8"}},
    "ADD sold :one": {"sold": {"N": "1"}},
    "ADD tags :set": {"tags": {"SS": ["action", "comedy", "sea"]}},
    "DELETE tags :gone": {"tags": {"SS": ["action"]}},
    "SET sold = :one ADD stock :one REMOVE title": {"sold": {"N": "1"}, "stock": {"N": "4"}, "title": None},
}
MORE_VALUES = {
    **VALUES,
    ":list": {"L": [{"S": "Usopp"}]},
    ":set": {"SS": ["comedy", "sea"]},
    ":gone": {"SS": ["sea", "unknown"]},
}
REFUSED_UPDATES = {
    "SET stock = gone + :one": "does not exist in the item",
    "SET gone.deep = :one": "invalid for update",
    "SET product_id = :title": "part of the key",
    "SET stock = :one SET title = :title": "only be used once",
    "SET stock = :one, stock = :five": "overlap",
    "SET stock = ": "Syntax error",
    "SET stock = :undefined": "not defined",
    "SET name = :title": "reserved keyword",
    "ADD title :one": "incorrect data type",
    "SET stock = nonsense(stock, :one)": "",
}


def used(text: str, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in text}


def stored(dynamodb: Any) -> dict[str, Any]:
    item: dict[str, Any] = dynamodb.get_item(TableName="catalogue", Key=KEY, ConsistentRead=True)["Item"]
    return {**item, "tags": {"SS": sorted(item["tags"]["SS"])}} if "tags" in item else item


def refused(call: Any, **request: Any) -> dict[str, Any]:
    """The response of a call that is refused."""
    with pytest.raises(ClientError) as caught:
        call(**request)
    response: dict[str, Any] = caught.value.response
    return response


@pytest.fixture
def product(dynamodb: Any) -> None:
    dynamodb.put_item(TableName="catalogue", Item=ITEM)


@pytest.mark.usefixtures("product")
@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_lets_a_write_through_only_where_it_holds(dynamodb: Any, condition: str) -> None:
    request = {
        "TableName": "catalogue",
        "Key": KEY,
        "ConditionExpression": condition,
        "ExpressionAttributeValues": used(condition, VALUES),
    }
    if not request["ExpressionAttributeValues"]:
        del request["ExpressionAttributeValues"]

    if CONDITIONS[condition]:
        dynamodb.delete_item(**request)
    else:
        assert refused(dynamodb.delete_item, **request)["Error"]["Code"] == "ConditionalCheckFailedException"
    assert ("Item" in dynamodb.get_item(TableName="catalogue", Key=KEY)) is not CONDITIONS[condition]


@pytest.mark.usefixtures("product")
@pytest.mark.parametrize("update", UPDATES)
def test_an_update_changes_what_it_names_and_nothing_else(dynamodb: Any, update: str) -> None:
    request = {"TableName": "catalogue", "Key": KEY, "UpdateExpression": update}
    if values := used(update, MORE_VALUES):
        request["ExpressionAttributeValues"] = values

    dynamodb.update_item(**request)

    wanted = {**ITEM, **UPDATES[update]}
    assert stored(dynamodb) == {name: value for name, value in wanted.items() if value is not None}


@pytest.mark.usefixtures("product")
@pytest.mark.parametrize("update", REFUSED_UPDATES)
def test_an_update_that_makes_no_sense_is_refused_and_changes_nothing(dynamodb: Any, update: str) -> None:
    request = {"TableName": "catalogue", "Key": KEY, "UpdateExpression": update}
    if values := used(update, VALUES):
        request["ExpressionAttributeValues"] = values

    error = refused(dynamodb.update_item, **request)["Error"]

    assert error["Code"] == "ValidationException"
    assert REFUSED_UPDATES[update] in error["Message"]
    assert stored(dynamodb) == ITEM


@pytest.mark.usefixtures("product")
@pytest.mark.parametrize(
    ("returned", "attributes"),
    [
        ("NONE", None),
        ("ALL_OLD", ITEM),
        ("UPDATED_OLD", {"stock": {"N": "3"}}),
        ("UPDATED_NEW", {"stock": {"N": "4"}, "sold": {"N": "1"}}),
        ("ALL_NEW", {**ITEM, "stock": {"N": "4"}, "sold": {"N": "1"}}),
    ],
)
def test_an_update_returns_the_attributes_asked_for(dynamodb: Any, returned: str, attributes: Any) -> None:
    answer = dynamodb.update_item(
        TableName="catalogue",
        Key=KEY,
        UpdateExpression="ADD stock :one, sold :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
        ReturnValues=returned,
    )

    found = answer.get("Attributes")
    if found and "tags" in found:
        found["tags"]["SS"].sort()
    assert found == attributes


@pytest.mark.usefixtures("product")
def test_a_refused_condition_shows_the_item_that_stands_there_where_it_is_asked_for(dynamodb: Any) -> None:
    request = {"TableName": "catalogue", "Item": KEY, "ConditionExpression": "attribute_not_exists(product_id)"}

    assert "Item" not in refused(dynamodb.put_item, **request)
    shown = refused(dynamodb.put_item, **request, ReturnValuesOnConditionCheckFailure="ALL_OLD")
    assert shown["Item"]["title"] == ITEM["title"]


@pytest.mark.usefixtures("product")
def test_a_transaction_with_one_refused_write_does_none_and_names_the_reason_of_each(dynamodb: Any) -> None:
    failing = {"TableName": "catalogue", "Item": ITEM, "ConditionExpression": "attribute_not_exists(product_id)"}
    writes = [{"Put": {"TableName": "catalogue", "Item": {"product_id": {"S": "p-2"}}}}, {"Put": failing}]

    response = refused(dynamodb.transact_write_items, TransactItems=writes)

    assert response["Error"]["Code"] == "TransactionCanceledException"
    assert "[None, ConditionalCheckFailed]" in response["Error"]["Message"]
    assert [reason["Code"] for reason in response["CancellationReasons"]] == ["None", "ConditionalCheckFailed"]
    assert "Item" not in dynamodb.get_item(TableName="catalogue", Key={"product_id": {"S": "p-2"}})


@pytest.mark.usefixtures("product")
def test_a_transaction_does_all_of_its_writes(dynamodb: Any) -> None:
    table = {"TableName": "catalogue"}
    dynamodb.transact_write_items(
        TransactItems=[
            {"Put": {**table, "Item": {"product_id": {"S": "p-2"}}}},
            {"Update": {**table, "Key": {"product_id": {"S": "p-3"}}, "UpdateExpression": "REMOVE stock"}},
            {"Delete": {**table, "Key": KEY, "ConditionExpression": "attribute_exists(stock)"}},
            {
                "ConditionCheck": {
                    **table,
                    "Key": {"product_id": {"S": "p-4"}},
                    "ConditionExpression": "attribute_not_exists(product_id)",
                }
            },
        ]
    )

    assert {item["product_id"]["S"] for item in dynamodb.scan(TableName="catalogue")["Items"]} == {"p-2", "p-3"}


def test_a_transaction_may_not_touch_an_item_twice(dynamodb: Any) -> None:
    put = {"Put": {"TableName": "catalogue", "Item": KEY}}

    error = refused(dynamodb.transact_write_items, TransactItems=[put, put])["Error"]

    assert (error["Code"], "multiple operations on one item" in error["Message"]) == ("ValidationException", True)


@pytest.mark.usefixtures("product")
def test_a_stock_of_five_that_many_take_from_at_once_is_taken_five_times(dynamodb: Any) -> None:
    dynamodb.put_item(TableName="catalogue", Item={**ITEM, "stock": {"N": "5"}})

    def take(_: int) -> Any:
        return dynamodb.update_item(
            TableName="catalogue",
            Key=KEY,
            UpdateExpression="SET stock = stock - :one",
            ConditionExpression="stock >= :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
        )

    outcomes = at_once(12, take)

    assert sum(isinstance(outcome, dict) for outcome in outcomes) == 5
    assert stored(dynamodb)["stock"] == {"N": "0"}


def test_a_projection_keeps_what_it_names(dynamodb: Any) -> None:
    dynamodb.put_item(TableName="catalogue", Item=ITEM)

    item = dynamodb.get_item(TableName="catalogue", Key=KEY, ProjectionExpression="stock, price.usd, gone")["Item"]

    assert item == {"stock": {"N": "3"}, "price": {"M": {"usd": {"N": "9.99"}}}}


def test_a_batch_writes_puts_and_deletes(dynamodb: Any) -> None:
    dynamodb.put_item(TableName="catalogue", Item=ITEM)

    dynamodb.batch_write_item(
        RequestItems={
            "catalogue": [{"DeleteRequest": {"Key": KEY}}, {"PutRequest": {"Item": {"product_id": {"S": "p-2"}}}}]
        }
    )

    assert [item["product_id"]["S"] for item in dynamodb.scan(TableName="catalogue")["Items"]] == ["p-2"]


@pytest.mark.parametrize(
    ("operation", "request_", "code"),
    [
        ("get_item", {"TableName": "gone", "Key": KEY}, "ResourceNotFoundException"),
        ("get_item", {"TableName": "catalogue", "Key": {"id": {"S": "x"}}}, "ValidationException"),
        ("put_item", {"TableName": "catalogue", "Item": {"stock": {"N": "1"}}}, "ValidationException"),
        ("put_item", {"TableName": "catalogue", "Item": {"product_id": {"S": ""}}}, "ValidationException"),
        ("put_item", {"TableName": "catalogue", "Item": {**KEY, "tags": {"SS": []}}}, "ValidationException"),
        ("put_item", {"TableName": "catalogue", "Item": {**KEY, "x": {"S": "x" * 410_000}}}, "ValidationException"),
        (
            "batch_get_item",
            {"RequestItems": {"catalogue": {"Keys": [KEY, KEY]}}},
            "ValidationException",
        ),
    ],
)
def test_a_request_that_dynamodb_does_not_take_is_refused(
    dynamodb: Any, operation: str, request_: dict[str, Any], code: str
) -> None:
    assert refused(getattr(dynamodb, operation), **request_)["Error"]["Code"] == code
