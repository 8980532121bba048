"""Where the store in memory is stricter than moto, and what only it has."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from local.standins.botocore_transport import NobodyAnswersError, answered, dynamodb_over
from local.standins.dynamodb import DynamoDb
from local.standins.dynamodb.operations import Operations
from local.standins.dynamodb.transactions import TOKEN_LIFE_S, Transactions
from tests.contract.conftest import make_table
from tests.contract.test_dynamodb import ITEM, KEY, refused

TABLE = {"TableName": "catalogue"}
CREDENTIALS = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "us-east-1"}


@pytest.fixture
def store() -> DynamoDb:
    return DynamoDb()


@pytest.fixture
def dynamodb(store: DynamoDb) -> Iterator[Any]:
    with answered({"dynamodb": dynamodb_over(store)}):
        client = boto3.client("dynamodb", **CREDENTIALS)
        make_table(client, "catalogue", ("product_id",))
        client.put_item(**TABLE, Item=ITEM)
        yield client


@pytest.mark.parametrize(
    ("operation", "request_", "message"),
    [
        ("get_item", {"Key": {"product_id": {"N": "1"}}}, "does not match the schema"),
        ("put_item", {"Item": {**KEY, "x": {"N": "1" * 39}}}, "38 significant digits"),
        ("put_item", {"Item": {**KEY, "x": {"N": "one"}}}, "numeric value"),
        ("put_item", {"Item": {**KEY, "x": {"NS": ["1", "1.0"]}}}, "duplicates"),
        (
            "put_item",
            {
                "Item": KEY,
                "ConditionExpression": "attribute_exists(stock)",
                "ExpressionAttributeValues": {":x": {"S": "x"}},
            },
            "unused in expressions: keys: {:x}",
        ),
        (
            "put_item",
            {"Item": KEY, "ExpressionAttributeNames": {"#x": "x"}},
            "only be specified when using expressions",
        ),
        (
            "update_item",
            {"Key": KEY, "UpdateExpression": "REMOVE #undefined", "ExpressionAttributeNames": {"#u": "x"}},
            "unused",
        ),
        ("update_item", {"Key": KEY, "UpdateExpression": "REMOVE #undefined"}, "not defined"),
        (
            "put_item",
            {"Item": KEY, "ConditionExpression": "size(stock)"},
            "Invalid function name",
        ),
    ],
)
def test_a_mistake_is_refused_in_words_that_name_it(
    dynamodb: Any, operation: str, request_: dict[str, Any], message: str
) -> None:
    error = refused(getattr(dynamodb, operation), **TABLE, **request_)["Error"]

    assert error["Code"] == "ValidationException"
    assert message in error["Message"]


@pytest.mark.parametrize(
    ("operation", "request_", "named"),
    [
        ("put_item", {"Item": KEY, "Expected": {"stock": {"Exists": False}}}, "Expected"),
        ("query", {"KeyConditions": {}}, "KeyConditions"),
        ("put_item", {"Item": {**KEY, "x": {"B": b"x"}}}, "binary"),
        ("list_tags_of_resource", {"ResourceArn": "x"}, "ListTagsOfResource"),
    ],
)
def test_what_is_not_implemented_is_refused_by_name(
    dynamodb: Any, operation: str, request_: dict[str, Any], named: str
) -> None:
    table = {} if "ResourceArn" in request_ else TABLE
    error = refused(getattr(dynamodb, operation), **table, **request_)["Error"]

    assert "not implemented here" in error["Message"]
    assert named in error["Message"]


def test_numbers_are_kept_as_dynamodb_writes_them(dynamodb: Any) -> None:
    dynamodb.put_item(**TABLE, Item={**KEY, "x": {"N": "1.500"}, "y": {"N": "1E2"}, "z": {"N": "-0"}})

    item = dynamodb.get_item(**TABLE, Key=KEY)["Item"]

    assert [item[name]["N"] for name in "xyz"] == ["1.5", "100", "0"]


def test_values_of_other_types_have_no_order(dynamodb: Any) -> None:
    request = {"Key": KEY, "ConditionExpression": "title < :x", "ExpressionAttributeValues": {":x": {"N": "1"}}}

    assert refused(dynamodb.delete_item, **TABLE, **request)["Error"]["Code"] == "ConditionalCheckFailedException"


def test_what_was_read_can_be_changed_without_changing_what_is_stored(dynamodb: Any) -> None:
    dynamodb.get_item(**TABLE, Key=KEY)["Item"]["price"]["M"].clear()

    assert dynamodb.get_item(**TABLE, Key=KEY)["Item"]["price"] == ITEM["price"]


def test_a_transaction_is_done_once_a_token(dynamodb: Any) -> None:
    def add(amount: str) -> list[dict[str, Any]]:
        update = {"UpdateExpression": "ADD stock :n", "ExpressionAttributeValues": {":n": {"N": amount}}}
        return [{"Update": {**TABLE, "Key": KEY, **update}}]

    for _ in range(2):
        dynamodb.transact_write_items(TransactItems=add("1"), ClientRequestToken="t-1")
    other = refused(dynamodb.transact_write_items, TransactItems=add("2"), ClientRequestToken="t-1")

    assert dynamodb.get_item(**TABLE, Key=KEY)["Item"]["stock"] == {"N": "4"}
    assert other["Error"]["Code"] == "IdempotentParameterMismatchException"


def test_a_token_is_forgotten_after_ten_minutes() -> None:
    now = [0.0]
    transactions = Transactions(Operations().table, now=lambda: now[0])
    transactions._remember("t-1", ["items"])
    assert transactions._is_done("t-1", ["items"])

    now[0] += TOKEN_LIFE_S + 1

    assert not transactions._is_done("t-1", ["items"])


def test_time_to_live_deletes_what_has_ended(dynamodb: Any, store: DynamoDb) -> None:
    ttl = {"AttributeName": "expires_at", "Enabled": True}
    dynamodb.update_time_to_live(**TABLE, TimeToLiveSpecification=ttl)
    for number, ends in enumerate(("100", "200")):
        dynamodb.put_item(**TABLE, Item={"product_id": {"S": f"e-{number}"}, "expires_at": {"N": ends}})

    assert store.expire(now_s=150) == 1
    assert {item["product_id"]["S"] for item in dynamodb.scan(**TABLE)["Items"]} == {"p-1", "e-1"}


def test_nothing_leaves_the_process(dynamodb: Any) -> None:
    with pytest.raises(NobodyAnswersError, match="ssm"):
        boto3.client("ssm", **CREDENTIALS).get_parameter(Name="x")
