"""The store in memory beside moto: conditional updates of one stock by many threads, through unchanged clients."""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from statistics import median
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from bench.results import Goal, Result, Say
from local.cloud import MotoServer
from local.standins.botocore_transport import answered, dynamodb_over
from local.standins.dynamodb import DynamoDb

THREADS = 32
UPDATES = 400
STOCK = 150
ROUNDS = 3
TABLE = "stock"
KEY = {"product_id": {"S": "one-piece-110-en"}}
TAKE = {
    "TableName": TABLE,
    "Key": KEY,
    "UpdateExpression": "SET stock = stock - :one",
    "ConditionExpression": "stock >= :one",
    "ExpressionAttributeValues": {":one": {"N": "1"}},
}


async def measure(say: Say) -> Result:
    stores = {"in memory": _in_memory, "moto behind its lock, over HTTP": _moto}
    speeds: dict[str, list[float]] = {name: [] for name in stores}
    wrong = 0
    for number in range(ROUNDS):
        for name, store in stores.items():
            say(f"round {number + 1} of {ROUNDS}: {name}")
            with store() as client:
                speed, granted = await asyncio.to_thread(_round, client)
            speeds[name].append(speed)
            wrong += abs(granted - STOCK)
    return Result(
        columns=("store", "conditional updates a second"),
        rows=[(name, median(measured)) for name, measured in speeds.items()],
        goals=[Goal("granted more or less often than there was stock", wrong, 0, binding=True)],
        notes=[f"{UPDATES} updates by {THREADS} threads on a stock of {STOCK}; the median of {ROUNDS} rounds."],
    )


def _round(client: Any) -> tuple[float, int]:
    """Updates a second, and how many were granted."""
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "product_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "product_id", "AttributeType": "S"}],
    )
    client.put_item(TableName=TABLE, Item={**KEY, "stock": {"N": str(STOCK)}})
    started = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        granted = sum(pool.map(lambda _: _take(client), range(UPDATES)))
    return UPDATES / (time.perf_counter() - started), granted


def _take(client: Any) -> bool:
    try:
        client.update_item(**TAKE)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return False
    return True


@contextmanager
def _in_memory() -> Iterator[Any]:
    with answered({"dynamodb": dynamodb_over(DynamoDb())}):
        yield _client(None)


@contextmanager
def _moto() -> Iterator[Any]:
    with MotoServer() as server:
        yield _client(server.url)


def _client(url: str | None) -> Any:
    return boto3.client(
        "dynamodb",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="bench",
        aws_secret_access_key="bench",  # noqa: S106 - signs, and nobody looks
        config=Config(max_pool_connections=THREADS, retries={"total_max_attempts": 1}),
    )
