"""Loading data/ into moto's DynamoDB and the search stand-in."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import boto3
import botocore.session
import numpy as np
import pytest
from boto3.dynamodb.types import TypeDeserializer
from moto import mock_aws

from local.ingest.documents import documents
from local.ingest.items import catalogue_items, customer_items
from local.ingest.load import Destination, fill_indices
from local.ingest.progress import silent
from local.ingest.tables import fill_table
from local.ingest.vectors import VectorCache
from local.standins.faults import FaultBoard
from local.standins.opensearch.app import opensearch_app
from local.standins.titan import Vectors
from local.standins.transport import serve
from mangaassist.contracts import Order, Product, Profile

DATA = Path(__file__).parents[2] / "data"
SPACE = "titan:16"


def lengths(texts: Sequence[str], /) -> Vectors:
    """A fake encoder that places a text by its length."""
    return np.array([[len(text), 1.0] for text in texts], dtype=np.float32)


@pytest.fixture
async def search() -> AsyncIterator[aiohttp.ClientSession]:
    running = await serve(opensearch_app(FaultBoard()))
    async with aiohttp.ClientSession(running.url) as session:
        yield session
    await running.stop()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


async def test_when_indices_are_filled_then_vectors_and_titles_can_be_searched(
    search: aiohttp.ClientSession, aws: None, tmp_path: Path
) -> None:
    to = Destination(
        dynamodb=None,
        catalogue_table="",
        customers_table="",
        search_endpoint=str(search._base_url),
        aws=botocore.session.get_session(),
        embedding_model="titan",
        dimensions=16,
    )
    counts = await asyncio.to_thread(fill_indices, DATA, to, lengths, VectorCache(tmp_path, "lengths", 16))

    knn = {"vector": [1.0] * 16, "k": 3, "filter": {"term": {"space": SPACE}}}
    async with search.post("/passages-ja/_search", json={"query": {"knn": {"embedding": knn}}}) as answer:
        assert len((await answer.json())["hits"]["hits"]) == 3
    async with search.post("/products/_search", json={"query": {"match": {"titles": "ワンピースの最新刊"}}}) as answer:
        assert (await answer.json())["hits"]["hits"][0]["_id"] == "one-piece"
    assert set(counts) == {"passages-en", "passages-ja", "replies-en", "replies-ja", "products"}


@mock_aws
def test_when_items_are_put_then_all_are_there(aws: None) -> None:
    dynamodb: Any = boto3.client("dynamodb")
    dynamodb.create_table(
        TableName="customers",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "customer_id", "KeyType": "HASH"}, {"AttributeName": "item", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("customer_id", "item")],
    )

    put = fill_table(dynamodb, "customers", customer_items(DATA), silent)

    items = dynamodb.scan(TableName="customers")["Items"]
    assert len(items) == put
    bestsellers = next(item for item in items if item["item"]["S"] == "BESTSELLERS")
    assert TypeDeserializer().deserialize(bestsellers["product_ids"])


def test_when_rows_become_items_then_the_functions_contracts_read_them() -> None:
    for item in catalogue_items(DATA):
        Product.model_validate({"id": item["product_id"], **_without(item, "product_id")})
    for item in customer_items(DATA):
        fields = _without(item, "customer_id", "item")
        if item["item"] == "PROFILE":
            Profile.model_validate(fields)
        elif item["item"].startswith("ORDER#"):
            Order.model_validate({"id": item["item"].removeprefix("ORDER#"), **fields})


def test_when_documents_are_made_then_their_ids_are_unique_within_an_index() -> None:
    ids = [(document.index, document.id) for document in documents(DATA)]

    assert len(ids) == len(set(ids))


def test_given_texts_embedded_before_when_asked_again_then_only_new_ones_are_embedded(tmp_path: Path) -> None:
    asked: list[str] = []

    def encode(texts: Sequence[str], /) -> Vectors:
        asked.extend(texts)
        return lengths(texts)

    first = VectorCache(tmp_path, "lengths", 4).vectors(["one", "three"], encode, silent)
    again = VectorCache(tmp_path, "lengths", 4).vectors(["three", "four", "one"], encode, silent)

    assert sorted(asked) == ["four", "one", "three"]
    assert np.array_equal(again[[2, 0]], first)


def test_given_a_damaged_cache_when_asked_then_texts_are_embedded_anew(tmp_path: Path) -> None:
    VectorCache(tmp_path, "lengths", 4).vectors(["one"], lengths, silent)
    next(tmp_path.iterdir()).write_bytes(b"not an archive")

    assert VectorCache(tmp_path, "lengths", 4).vectors(["one"], lengths, silent).shape == (1, 4)


def _without(item: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in names}
