"""moto, provisioned from the template."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from local.cloud import Cloud, MotoServer, provision
from local.template import Deployment


@pytest.fixture(scope="module")
def server() -> Iterator[MotoServer]:
    with MotoServer() as running:
        yield running


@pytest.fixture(scope="module")
def cloud(server: MotoServer, deployment: Deployment) -> Cloud:
    return provision(deployment, server.url)


def test_given_a_global_table_when_provisioned_then_it_has_its_index_and_ttl(cloud: Cloud) -> None:
    dynamodb = cloud.clients.of("dynamodb")
    name = cloud.created["AWS::DynamoDB::GlobalTable"][0].name
    table = dynamodb.describe_table(TableName=name)["Table"]
    assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == ["by_series"]
    ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert (ttl["AttributeName"], ttl["TimeToLiveStatus"]) == ("expires_at", "ENABLED")


def test_given_a_generated_secret_when_read_by_its_ref_then_it_is_as_long_as_asked(cloud: Cloud) -> None:
    secret = cloud.created["AWS::SecretsManager::Secret"][0]
    value = cloud.clients.of("secretsmanager").get_secret_value(SecretId=secret.ref)["SecretString"]
    assert len(value) == 40
    assert value.isalnum()


def test_given_a_parameter_when_read_by_its_ref_then_it_has_the_templates_value(cloud: Cloud) -> None:
    parameter = cloud.created["AWS::SSM::Parameter"][0]
    assert cloud.clients.of("ssm").get_parameter(Name=parameter.ref)["Parameter"]["Value"] == "normal"


def test_given_many_claims_of_one_key_when_made_at_once_then_exactly_one_is_granted(cloud: Cloud) -> None:
    dynamodb = cloud.clients.of("dynamodb")
    name = cloud.created["AWS::DynamoDB::GlobalTable"][0].name

    def claim(number: int) -> bool:
        item = {"id": {"S": "claimed"}, "by": {"N": str(number)}}
        try:
            dynamodb.put_item(TableName=name, Item=item, ConditionExpression="attribute_not_exists(id)")
        except dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(claim, range(24))) == 1


def test_given_items_of_several_keys_when_queried_then_only_those_of_the_key_come_in_order_and_whole(
    cloud: Cloud,
) -> None:
    dynamodb = cloud.clients.of("dynamodb")
    name = cloud.created["AWS::DynamoDB::GlobalTable"][0].name
    value = {"M": {"n": {"N": "1.5"}, "l": {"L": [{"BOOL": True}, {"NULL": True}]}, "b": {"B": b"\x00\xff"}}}
    items = [{"id": {"S": f"q{i}"}, "series": {"S": f"s{i % 2}"}, "value": value} for i in range(5)]
    for item in reversed(items):
        dynamodb.put_item(TableName=name, Item=item)
    by_series = {"IndexName": "by_series", "KeyConditionExpression": "series = :s"}
    found = dynamodb.query(TableName=name, **by_series, ExpressionAttributeValues={":s": {"S": "s1"}})
    assert found["Items"] == [items[1], items[3]]
    found = dynamodb.query(
        TableName=name, KeyConditionExpression="id = :i", ExpressionAttributeValues={":i": {"S": "q4"}}
    )
    assert found["Items"] == [items[4]]
    assert dynamodb.scan(TableName=name, Select="COUNT")["Count"] >= 5


def test_given_a_transaction_when_one_write_is_refused_then_none_of_them_happened(cloud: Cloud) -> None:
    dynamodb = cloud.clients.of("dynamodb")
    name = cloud.created["AWS::DynamoDB::GlobalTable"][0].name
    dynamodb.put_item(TableName=name, Item={"id": {"S": "t1"}, "n": {"N": "1"}})
    add = {"TableName": name, "Key": {"id": {"S": "t1"}}, "UpdateExpression": "ADD n :one"}
    values = {"ExpressionAttributeValues": {":one": {"N": "1"}}}
    put = {"TableName": name, "Item": {"id": {"S": "t2"}}}
    both = [{"Update": {**add, **values}}, {"Put": put}]
    dynamodb.transact_write_items(TransactItems=both)
    refused = [both[0], {"Put": {**put, "ConditionExpression": "attribute_not_exists(id)"}}]
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as caught:
        dynamodb.transact_write_items(TransactItems=refused)
    assert [reason["Code"] for reason in caught.value.response["CancellationReasons"]] == [
        "None",
        "ConditionalCheckFailed",
    ]
    assert dynamodb.get_item(TableName=name, Key={"id": {"S": "t1"}})["Item"]["n"] == {"N": "2"}
    assert dynamodb.transact_write_items(TransactItems=[both[0]])
    assert dynamodb.get_item(TableName=name, Key={"id": {"S": "t1"}})["Item"]["n"] == {"N": "3"}


def test_given_an_item_above_dynamodbs_limit_when_put_then_it_is_refused(cloud: Cloud) -> None:
    dynamodb = cloud.clients.of("dynamodb")
    name = cloud.created["AWS::DynamoDB::GlobalTable"][0].name
    halves = {"a": {"S": "x" * 210_000}, "b": {"S": "x" * 210_000}}
    with pytest.raises(ClientError, match="Item size has exceeded"):
        dynamodb.put_item(TableName=name, Item={"id": {"S": "large"}, **halves})
