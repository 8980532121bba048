"""The search stand-in over HTTP, against values worked out by hand."""

import json
import math
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from local.standins.fault_catalogue import Mode
from local.standins.faults import Fault, FaultBoard
from local.standins.opensearch.analysis import tokens
from local.standins.opensearch.app import opensearch_app

VECTOR = {
    "type": "knn_vector",
    "dimension": 2,
    "method": {"name": "hnsw", "engine": "lucene", "space_type": "cosinesimil"},
}
MAPPING = {
    "settings": {"index.knn": True},
    "mappings": {
        "properties": {
            "text": {"type": "text", "analyzer": "cjk"},
            "space": {"type": "keyword"},
            "embedding": VECTOR,
        }
    },
}
DOCUMENTS = {
    "east": {"text": "Shipping to Alaska", "space": "a", "embedding": [1.0, 0.0]},
    "north": {"text": "アラスカへの配送", "space": "a", "embedding": [0.0, 2.0]},
    "other": {"text": "Returns and shipping, shipping", "space": "b", "embedding": [1.0, 0.0]},
}


class Search:
    """A loaded index named passages."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        data = body if isinstance(body, str) else json.dumps(body) if body is not None else None
        async with self._session.request(method, path, data=data) as answer:
            return answer.status, await answer.json() if method != "HEAD" else None

    async def hits(self, query: dict[str, Any], **more: Any) -> dict[str, float]:
        _, body = await self.call("POST", "/passages/_search", {"query": query, **more})
        return {hit["_id"]: hit["_score"] for hit in body["hits"]["hits"]}


@pytest.fixture
async def search(served: Callable[[web.Application], Any], board: FaultBoard) -> AsyncIterator[Search]:
    async with aiohttp.ClientSession(await served(opensearch_app(board))) as session:
        loaded = Search(session)
        await loaded.call("PUT", "/passages", MAPPING)
        lines = [
            line for key, row in DOCUMENTS.items() for line in ({"index": {"_index": "passages", "_id": key}}, row)
        ]
        status, answer = await loaded.call("POST", "/_bulk", "\n".join(map(json.dumps, lines)) + "\n")
        assert (status, answer["errors"]) == (200, False)
        yield loaded


def near(vector: list[float], **more: Any) -> dict[str, Any]:
    return {"knn": {"embedding": {"vector": vector, "k": 3, **more}}}


async def test_when_the_nearest_are_asked_then_scores_are_half_of_one_plus_cosine(search: Search) -> None:
    hits = await search.hits(near([1.0, 1.0], filter={"term": {"space": "a"}}))

    assert hits == {"east": pytest.approx((1 + math.sqrt(0.5)) / 2), "north": pytest.approx((1 + math.sqrt(0.5)) / 2)}


async def test_given_a_filter_when_fewer_than_k_pass_then_they_are_found_all_the_same(search: Search) -> None:
    assert list(await search.hits(near([0.0, 1.0], k=1, filter={"term": {"space": "b"}}))) == ["other"]


async def test_when_words_match_then_they_are_scored_by_bm25(search: Search) -> None:
    hits = await search.hits({"match": {"text": "SHIPPING"}})

    lengths = {"east": 2, "other": 3, "north": 7}
    average = sum(lengths.values()) / 3
    rarity = math.log(1 + 1.5 / 2.5)
    by_hand = {
        key: rarity * count / (count + 1.2 * (0.25 + 0.75 * lengths[key] / average))
        for key, count in {"east": 1, "other": 2}.items()
    }
    assert hits == pytest.approx(by_hand)
    assert next(iter(hits)) == "other"


async def test_given_a_japanese_word_when_matched_then_pairs_of_characters_find_it(search: Search) -> None:
    assert list(await search.hits({"match": {"text": "ｱﾗｽｶ"}})) == ["north"]


async def test_when_clauses_are_combined_then_filters_do_not_score(search: Search) -> None:
    query = {"bool": {"must": [{"match": {"text": "shipping"}}], "filter": [{"term": {"space": "a"}}]}}

    assert await search.hits(query) == {"east": (await search.hits({"match": {"text": "shipping"}}))["east"]}


async def test_when_two_searches_are_sent_at_once_then_one_that_fails_leaves_the_other(search: Search) -> None:
    lines: list[dict[str, Any]] = [{"index": "passages"}, {"query": near([1.0, 0.0])}, {"index": "absent"}, {}]

    _, body = await search.call("POST", "/_msearch", "\n".join(map(json.dumps, lines)) + "\n")

    assert [answer["status"] for answer in body["responses"]] == [200, 404]
    assert body["responses"][1]["error"]["type"] == "index_not_found_exception"


async def test_when_sources_are_narrowed_then_only_those_fields_come(search: Search) -> None:
    _, body = await search.call("POST", "/passages/_search", {"size": 1, "_source": {"excludes": ["embedding"]}})

    assert set(body["hits"]["hits"][0]["_source"]) == {"text", "space"}


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"query": {"fuzzy": {"text": "shiping"}}}, "fuzzy"),
        ({"query": {"match": {"text": {"query": "x", "fuzziness": 1}}}}, "fuzziness"),
        ({"aggs": {}}, "aggs"),
        ({"query": near([1.0, 0.0, 0.0])}, "invalid dimension: 3. Dimension should be: 2"),
        ({"query": near([1.0, 0.0], method_parameters={})}, "method_parameters"),
        ({"query": {"match": {"space": "a"}}}, "space"),
    ],
)
async def test_when_something_is_not_served_then_a_400_names_it(
    search: Search, body: dict[str, Any], names: str
) -> None:
    status, answer = await search.call("POST", "/passages/_search", body)

    assert status == 400
    assert names in answer["error"]["reason"]


async def test_given_a_vector_of_another_length_when_loaded_in_bulk_then_only_its_item_fails(search: Search) -> None:
    lines = [{"index": {"_id": "bad"}}, {"embedding": [1, 2, 3]}, {"index": {"_id": "good"}}, {"space": "c"}]

    _, answer = await search.call("POST", "/passages/_bulk", "\n".join(map(json.dumps, lines)) + "\n")

    assert [item["index"]["status"] for item in answer["items"]] == [400, 201]
    assert await search.call("GET", "/passages/_count") == (200, {"count": 4, "_shards": answer_shards()})


def answer_shards() -> dict[str, int]:
    return {"total": 1, "successful": 1, "skipped": 0, "failed": 0}


@pytest.mark.parametrize(("mode", "status"), [(Mode.ERROR, 500), (Mode.THROTTLE, 429), (Mode.UNAVAILABLE, 503)])
async def test_given_a_fault_when_searched_then_it_shows_and_loading_goes_on(
    search: Search, board: FaultBoard, mode: Mode, status: int
) -> None:
    board.switch_on(Fault(target="search", mode=mode))

    assert (await search.call("POST", "/passages/_search", {}))[0] == status
    assert (await search.call("PUT", "/passages/_doc/new", {"space": "c"}))[0] == 201


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("The ONE Piece, Vol. 110", ["one", "piece", "vol", "110"]),
        ("ＯＮＥ ＰＩＥＣＥ", ["one", "piece"]),
        ("鬼滅の刃を買う", ["鬼滅", "滅の", "の刃", "刃を", "を買", "買う"]),
        ("呪 SPY×FAMILY 12巻", ["呪", "spy", "family", "12", "巻"]),
        ("ハンター", ["ハン", "ンタ", "ター"]),
    ],
)
def test_when_a_text_is_analysed_then_terms_are_those_of_the_cjk_analyzer(text: str, terms: list[str]) -> None:
    assert tokens(text) == terms


async def test_given_an_alias_when_it_moves_then_searches_follow_and_the_former_index_goes(search: Search) -> None:
    await search.call("PUT", "/passages-2", MAPPING)
    await search.call("PUT", "/passages-2/_doc/new", DOCUMENTS["east"])
    actions = [{"remove_index": {"index": "passages"}}, {"add": {"index": "passages-2", "alias": "passages"}}]

    status, _ = await search.call("POST", "/_aliases", {"actions": actions})

    assert status == 200
    assert set(await search.hits({"match_all": {}})) == {"new"}
    assert await search.call("GET", "/_alias/passages") == (200, {"passages-2": {"aliases": {"passages": {}}}})
    assert await search.call("GET", "/_cat/indices") == (200, [{"index": "passages-2"}])


@pytest.mark.parametrize(
    ("action", "status"),
    [
        ({"add": {"index": "nowhere", "alias": "other"}}, 404),
        ({"add": {"index": "passages", "alias": "passages"}}, 400),
        ({"rename": {"index": "passages", "alias": "other"}}, 400),
    ],
)
async def test_given_an_impossible_action_when_sent_then_it_is_refused(
    search: Search, action: dict[str, Any], status: int
) -> None:
    assert (await search.call("POST", "/_aliases", {"actions": [action]}))[0] == status
    assert set(await search.hits({"match_all": {}})) == set(DOCUMENTS)


async def test_given_ids_when_asked_together_then_each_says_whether_it_is_there(search: Search) -> None:
    _, answer = await search.call("POST", "/passages/_mget?_source=false", {"ids": ["east", "south"]})

    assert [(one["_id"], one["found"]) for one in answer["docs"]] == [("east", True), ("south", False)]
