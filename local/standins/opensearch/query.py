"""The query language served: knn, match, term, bool, match_all. Each maps document ids to scores."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from local.standins.opensearch.errors import IllegalValueError, ParsingError, only_known
from local.standins.opensearch.index import Index

Scores = dict[str, float]
_KNN_KEYS = frozenset({"vector", "k", "filter"})
_MATCH_KEYS = frozenset({"query", "operator"})
_BOOL_KEYS = frozenset({"must", "filter", "should", "must_not", "minimum_should_match"})


def evaluate(index: Index, query: Any) -> Scores:
    """The documents a query finds, with their scores; raises OpenSearchError."""
    name, body = _single(query, "query")
    if name not in _QUERIES:
        raise ParsingError(f"unknown query [{name}] (this stand-in knows {', '.join(sorted(_QUERIES))})")
    return _QUERIES[name](index, body)


def _single(body: Any, place: str) -> tuple[str, Any]:
    if not isinstance(body, dict) or len(body) != 1:
        raise ParsingError(f"[{place}] malformed query, expected one key in an object")
    return next(iter(body.items()))


def _match_all(index: Index, body: Any) -> Scores:
    only_known(body, frozenset(), "match_all")
    return dict.fromkeys(index.documents, 1.0)


def _term(index: Index, body: Any) -> Scores:
    name, wanted = _single(body, "term")
    if isinstance(wanted, dict):
        only_known(wanted, frozenset({"value"}), "term")
        wanted = wanted["value"]
    index.field(name, "keyword")
    return {i: 1.0 for i, document in index.documents.items() if _holds(document.get(name), wanted)}


def _holds(value: Any, wanted: Any) -> bool:
    return wanted in value if isinstance(value, list) else value == wanted


def _match(index: Index, body: Any) -> Scores:
    name, asked = _single(body, "match")
    if isinstance(asked, str):
        return index.matching(name, asked)
    only_known(asked, _MATCH_KEYS, "match")
    return index.matching(name, asked["query"], every=asked.get("operator", "or").lower() == "and")


def _knn(index: Index, body: Any) -> Scores:
    name, asked = _single(body, "knn")
    only_known(asked, _KNN_KEYS, "knn")
    if not isinstance(asked.get("k"), int) or asked["k"] < 1:
        raise IllegalValueError("[knn] requires k to be set to a positive integer")
    allowed = frozenset(evaluate(index, asked["filter"])) if "filter" in asked else None
    return index.nearest(name, asked["vector"], asked["k"], allowed)


def _bool(index: Index, body: Any) -> Scores:
    only_known(body, _BOOL_KEYS, "bool")
    clauses = {kind: [evaluate(index, q) for q in _listed(body.get(kind, []))] for kind in _BOOL_KEYS if kind in _LISTS}
    required = clauses["must"] + clauses["filter"]
    wanted = body.get("minimum_should_match", 0 if required or not clauses["should"] else 1)
    if not isinstance(wanted, int):
        raise ParsingError("[bool] minimum_should_match: this stand-in takes a number only")
    return {
        identifier: sum(found.get(identifier, 0.0) for found in clauses["must"] + clauses["should"])
        for identifier in index.documents
        if all(identifier in found for found in required)
        and not any(identifier in found for found in clauses["must_not"])
        and sum(identifier in found for found in clauses["should"]) >= wanted
    }


_LISTS = _BOOL_KEYS - {"minimum_should_match"}


def _listed(clauses: Any) -> list[Any]:
    return clauses if isinstance(clauses, list) else [clauses]


_QUERIES: Mapping[str, Callable[[Index, Any], Scores]] = MappingProxyType(
    {"bool": _bool, "knn": _knn, "match": _match, "match_all": _match_all, "term": _term}
)
