"""The adapters' stores twice over: moto behind its lock, and the store in memory that proofs of concurrency use.

Whatever is asserted here holds for both, so that the second cannot drift from what the adapters rely on.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier
from typing import Any

import boto3
import pytest

from local.cloud import MotoServer
from local.standins.botocore_transport import answered, dynamodb_over
from local.standins.dynamodb import DynamoDb
from mangaassist.aws import clients
from tests.handlers.conftest import ENVIRONMENT, TABLES

PATIENCE_MS = 60_000
BY_OWNER = {
    "IndexName": "by_owner",
    "KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}, {"AttributeName": "spent", "KeyType": "RANGE"}],
    "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["note"]},
}


@pytest.fixture(scope="session")
def moto_server() -> Iterator[MotoServer]:
    with MotoServer() as server:
        yield server


@pytest.fixture(params=["moto", "in memory"])
def dynamodb(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of a store with the pipeline's tables, empty; the adapters reach the same."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    clients.client.cache_clear()
    with ExitStack() as undo:
        if request.param == "moto":
            monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", request.getfixturevalue("moto_server").url)
        else:
            undo.enter_context(answered({"dynamodb": dynamodb_over(DynamoDb())}))
        client = boto3.client("dynamodb")
        for table, keys in TABLES.items():
            make_table(client, table, keys)
        make_table(client, "indexed", ("id", "at"), numbers=("at", "spent"), GlobalSecondaryIndexes=[BY_OWNER])
        yield client
        for table in (*TABLES, "indexed"):
            client.delete_table(TableName=table)
        client.close()
    clients.client.cache_clear()


def make_table(client: Any, name: str, keys: tuple[str, ...], numbers: tuple[str, ...] = (), **more: Any) -> None:
    attributes = dict.fromkeys([*keys, *(("owner", "spent") if more else ())])
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)],
        AttributeDefinitions=[
            {"AttributeName": key, "AttributeType": "N" if key in numbers else "S"} for key in attributes
        ],
        **more,
    )


def at_once(times: int, call: Callable[[int], Any]) -> list[Any]:
    """What each of so many calls that start together gives: its result, or the error it raises."""
    barrier = Barrier(times)

    def one(number: int) -> Any:
        barrier.wait()
        try:
            return call(number)
        except Exception as error:
            return error

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))
