"""Loading data/ into moto's DynamoDB and the search stand-in."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import boto3
import botocore.session
import numpy as np
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from local.ingest.deployed import Names, names
from local.ingest.documents import documents
from local.ingest.items import catalogue_items, customer_items
from local.ingest.load import BATCH, Destination, fill_indices, fill_tables
from local.ingest.progress import silent
from local.ingest.search import SearchIndices
from local.ingest.tables import Table, TableLoader, TableNotFilledError
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


def refuse(texts: Sequence[str], /) -> Vectors:
    """An encoder that nothing may ask."""
    raise AssertionError(f"{len(texts)} texts to embed")


@pytest.fixture(scope="module")
def some_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """data/ with the beginnings of its long files: several batches of everything."""
    folder = tmp_path_factory.mktemp("some") / "data"
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for name, rows in {"series": 120, "products": 450}.items():
        path = folder / "catalogue" / f"{name}.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(lines[:rows]), encoding="utf-8")
    return folder


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


def destination(search: str = "", dynamodb: Any = None, dimensions: int = 16) -> Destination:
    return Destination(
        dynamodb=dynamodb,
        catalogue_table="catalogue",
        customers_table="customers",
        search_endpoint=search,
        aws=botocore.session.get_session(),
        embedding_model="titan",
        dimensions=dimensions,
    )


@pytest.fixture
def dynamodb(aws: None) -> Iterator[Any]:
    with mock_aws():
        client: Any = boto3.client("dynamodb")
        for table, keys in {"catalogue": ("product_id",), "customers": ("customer_id", "item")}.items():
            client.create_table(
                TableName=table,
                BillingMode="PAY_PER_REQUEST",
                KeySchema=[
                    {"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
                ],
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            )
        yield client


class CutOffError(Exception):
    """Stands for a network that goes away, or Ctrl-C."""


class Failing:
    """A DynamoDB client whose `batch_write_item` is interrupted after some calls, and counts what it was given."""

    def __init__(self, client: Any, calls: int | None = None) -> None:
        self._client = client
        self._calls = calls
        self.requests = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def batch_write_item(self, **asked: Any) -> Any:
        if self._calls is not None:
            self._calls -= 1
            if self._calls < 0:
                raise CutOffError
        self.requests += sum(map(len, asked["RequestItems"].values()))
        return self._client.batch_write_item(**asked)


async def test_when_indices_are_filled_then_vectors_and_titles_can_be_searched(
    search: aiohttp.ClientSession, aws: None, tmp_path: Path
) -> None:
    to = destination(str(search._base_url))
    loaded = await asyncio.to_thread(fill_indices, DATA, to, lengths, VectorCache(tmp_path, "lengths", 16))

    knn = {"vector": [1.0] * 16, "k": 3, "filter": {"term": {"space": SPACE}}}
    async with search.post("/passages-ja/_search", json={"query": {"knn": {"embedding": knn}}}) as answer:
        assert len((await answer.json())["hits"]["hits"]) == 3
    async with search.post("/products/_search", json={"query": {"match": {"titles": "ワンピースの最新刊"}}}) as answer:
        assert (await answer.json())["hits"]["hits"][0]["_id"] == "one-piece"
    assert set(loaded) == {"passages-en", "passages-ja", "replies-en", "replies-ja", "products"}
    assert all(one.put == one.rows for one in loaded.values())


async def test_given_filled_indices_when_filled_again_then_nothing_is_embedded_or_put(
    search: aiohttp.ClientSession, aws: None, some_data: Path, tmp_path: Path
) -> None:
    to = destination(str(search._base_url))
    first = await asyncio.to_thread(fill_indices, some_data, to, lengths, VectorCache(tmp_path, "lengths", 16))
    again = await asyncio.to_thread(fill_indices, some_data, to, refuse, VectorCache(tmp_path / "empty", "lengths", 16))

    assert {name: one.version for name, one in again.items()} == {name: one.version for name, one in first.items()}
    assert {(one.put, one.removed) for one in again.values()} == {(0, 0)}


async def test_given_filled_indices_when_filled_then_their_mapping_and_every_hit_tell_the_version(
    search: aiohttp.ClientSession, aws: None, some_data: Path, tmp_path: Path
) -> None:
    to = destination(str(search._base_url))
    loaded = await asyncio.to_thread(fill_indices, some_data, to, lengths, VectorCache(tmp_path, "lengths", 16))

    name = f"replies-en-{loaded['replies-en'].version}"
    async with search.get("/replies-en/_mapping") as answer:
        meta = (await answer.json())[name]["mappings"]["_meta"]
    async with search.post("/replies-en/_search", json={"size": 1}) as answer:
        assert (await answer.json())["hits"]["hits"][0]["_index"] == name
    assert meta == {"version": loaded["replies-en"].version, "documents": loaded["replies-en"].rows, "space": SPACE}


async def test_given_an_interrupted_load_when_run_again_then_it_puts_only_what_is_missing(
    search: aiohttp.ClientSession, aws: None, some_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = destination(str(search._base_url))
    put = SearchIndices.put
    puts: list[str] = []

    def interrupted(self: SearchIndices, index: str, found: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        if len(puts) == 2:
            raise CutOffError
        puts.append(index)
        put(self, index, found)

    monkeypatch.setattr(SearchIndices, "put", interrupted)
    with pytest.raises(CutOffError):
        await asyncio.to_thread(fill_indices, some_data, to, lengths, VectorCache(tmp_path, "lengths", 16))
    async with search.post("/passages-en/_search", json={}) as answer:
        assert answer.status == 404, "a half-filled index serves no searches"

    monkeypatch.setattr(SearchIndices, "put", put)
    loaded = await asyncio.to_thread(fill_indices, some_data, to, lengths, VectorCache(tmp_path, "lengths", 16))

    assert loaded["passages-en"].put == loaded["passages-en"].rows - 2 * BATCH
    async with search.get("/passages-en/_count") as answer:
        assert (await answer.json())["count"] == loaded["passages-en"].rows


async def test_given_indices_of_a_former_version_when_filled_then_they_are_replaced_in_one_step(
    search: aiohttp.ClientSession, aws: None, some_data: Path, tmp_path: Path
) -> None:
    url = str(search._base_url)
    async with search.put("/products", json={"mappings": {"properties": {}}}) as made:
        assert made.status == 200, "an index of that very name, from before there were versions"
    cache = VectorCache(tmp_path, "lengths", 16)
    former = await asyncio.to_thread(fill_indices, some_data, destination(url), lengths, cache)
    cache = VectorCache(tmp_path, "lengths", 32)
    loaded = await asyncio.to_thread(fill_indices, some_data, destination(url, dimensions=32), lengths, cache)

    async with search.get("/_cat/indices") as answer:
        there = {one["index"] for one in await answer.json()}
    assert there == {f"{name}-{one.version}" for name, one in loaded.items()}
    assert former["products"].removed == 1
    assert {name for name, one in loaded.items() if one.removed} == set(loaded) - {"products"}


def test_when_tables_are_filled_then_all_items_and_the_version_are_there(dynamodb: Any, some_data: Path) -> None:
    loaded = fill_tables(some_data, destination(dynamodb=dynamodb))

    for table in ("catalogue", "customers"):
        assert (
            dynamodb.scan(TableName=table, Select="COUNT")["Count"] == loaded[table].rows + 1 == loaded[table].put + 1
        )
    mark = dynamodb.get_item(TableName="catalogue", Key={"product_id": {"S": "*"}})["Item"]
    assert mark == {"product_id": {"S": "*"}, "version": {"S": loaded["catalogue"].version}}
    best = dynamodb.get_item(TableName="customers", Key={"customer_id": {"S": "*"}, "item": {"S": "BESTSELLERS"}})
    assert best["Item"]["product_ids"]["L"]


def test_given_an_interrupted_table_when_filled_again_then_it_puts_only_what_is_missing(
    dynamodb: Any, some_data: Path
) -> None:
    with pytest.raises(CutOffError):
        fill_tables(some_data, destination(dynamodb=Failing(dynamodb, calls=10)))
    mark = dynamodb.get_item(TableName="catalogue", Key={"product_id": {"S": "*"}})["Item"]
    again = Failing(dynamodb)

    loaded = fill_tables(some_data, destination(dynamodb=again))

    assert set(mark) == {"product_id", "loading"}
    assert loaded["catalogue"].put == loaded["catalogue"].rows - 10 * 25
    assert again.requests == loaded["catalogue"].put + loaded["customers"].put


def test_given_filled_tables_when_filled_again_then_nothing_is_put(dynamodb: Any, some_data: Path) -> None:
    fill_tables(some_data, destination(dynamodb=dynamodb))

    loaded = fill_tables(some_data, destination(dynamodb=Failing(dynamodb, calls=0)))

    assert {(one.put, one.removed) for one in loaded.values()} == {(0, 0)}


def test_given_a_table_of_a_former_version_when_filled_then_what_differs_is_put_and_what_is_gone_removed(
    dynamodb: Any,
) -> None:
    owned = Table("catalogue", {"product_id": "*"}, owned=True)
    loader = TableLoader(dynamodb, silent)
    loader.fill(owned, [{"product_id": "one", "stock": 1}, {"product_id": "two", "stock": 2}])

    loaded = loader.fill(owned, [{"product_id": "two", "stock": 2}, {"product_id": "three", "stock": 3}])

    items = dynamodb.scan(TableName="catalogue")["Items"]
    assert {item["product_id"]["S"] for item in items} == {"two", "three", "*"}
    assert (loaded.put, loaded.removed) == (1, 1)


def test_given_customers_of_others_when_filled_then_they_stay(dynamodb: Any, some_data: Path) -> None:
    other = {"customer_id": {"S": "cust-elsewhere"}, "item": {"S": "PROFILE"}}
    dynamodb.put_item(TableName="customers", Item=other)

    fill_tables(some_data, destination(dynamodb=dynamodb))

    assert dynamodb.get_item(TableName="customers", Key=other)["Item"] == other


def test_given_a_busy_table_when_filled_then_it_waits_longer_each_time_and_says_what_to_do() -> None:
    class Busy:
        def get_item(self, **_: Any) -> Any:
            return {}

        def put_item(self, **_: Any) -> None:
            """Takes the mark."""

        def batch_write_item(self, **asked: Any) -> Any:
            return {"UnprocessedItems": asked["RequestItems"]}

    waits: list[float] = []
    with pytest.raises(TableNotFilledError, match="run the same command again"):
        TableLoader(Busy(), silent, waits.append).fill(Table("t", {"id": "*"}, owned=True), [{"id": "one"}])

    assert waits == sorted(waits)
    assert len(waits) == 7


def test_given_embedding_interrupted_when_asked_again_then_what_was_embedded_is_known(tmp_path: Path) -> None:
    texts = [str(number) for number in range(100)]
    asked: list[str] = []

    def encode(some: Sequence[str], /) -> Vectors:
        if len(asked) == 64:
            raise CutOffError
        asked.extend(some)
        return lengths(some)

    with pytest.raises(CutOffError):
        VectorCache(tmp_path, "lengths", 4).vectors(texts, encode, silent)
    asked.clear()
    VectorCache(tmp_path, "lengths", 4).vectors(texts[:80], encode, silent)

    assert asked == texts[64:80]


def test_given_a_deployed_stack_when_asked_then_its_resources_outputs_and_parameters_name_the_destination(
    aws: None,
) -> None:
    cloudformation: Any = boto3.client("cloudformation")
    described = {
        "StackName": "mangaassist",
        "CreationTime": datetime(2026, 11, 1, tzinfo=UTC),
        "StackStatus": "CREATE_COMPLETE",
        "Outputs": [{"OutputKey": "SearchEndpointUrl", "OutputValue": "https://search.example"}],
        "Parameters": [
            {"ParameterKey": "EmbeddingModelId", "ParameterValue": "titan"},
            {"ParameterKey": "EmbeddingDimensions", "ParameterValue": "256"},
        ],
    }
    with Stubber(cloudformation) as stub:
        stub.add_response("describe_stacks", {"Stacks": [described]}, {"StackName": "mangaassist"})
        for logical, physical in {"CatalogueTable": "c", "CustomersTable": "u"}.items():
            detail = {
                "LogicalResourceId": logical,
                "PhysicalResourceId": physical,
                "ResourceType": "AWS::DynamoDB::GlobalTable",
                "LastUpdatedTimestamp": datetime(2026, 11, 1, tzinfo=UTC),
                "ResourceStatus": "CREATE_COMPLETE",
            }
            asked = {"StackName": "mangaassist", "LogicalResourceId": logical}
            stub.add_response("describe_stack_resource", {"StackResourceDetail": detail}, asked)

        found = names(cloudformation, "mangaassist")

    assert found == Names(
        catalogue_table="c",
        customers_table="u",
        search_endpoint="https://search.example",
        embedding_model="titan",
        dimensions=256,
    )


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
