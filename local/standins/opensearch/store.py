"""All indices, and the request bodies on them. What is written can be searched at once, without a refresh."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from local.standins.opensearch.errors import (
    IllegalValueError,
    IndexExistsError,
    IndexMissingError,
    OpenSearchError,
    ParsingError,
    only_known,
)
from local.standins.opensearch.index import Document, Index, mapped_field
from local.standins.opensearch.query import evaluate

DEFAULT_SIZE = 10
_SEARCH_KEYS = frozenset({"query", "size", "_source"})
_SHARDS = {"total": 1, "successful": 1, "skipped": 0, "failed": 0}
_SETTINGS_KEYS = frozenset({"index", "index.knn", "number_of_shards", "number_of_replicas"})


class Store:
    """Indices by name. Not thread-safe: used from one event loop."""

    def __init__(self) -> None:
        self._indices: dict[str, Index] = {}
        self._meta: dict[str, dict[str, Any]] = {}
        self._aliases: dict[str, str] = {}

    def create(self, name: str, body: dict[str, Any]) -> None:
        """Create an index from its settings and mappings."""
        if name in self._indices or name in self._aliases:
            raise IndexExistsError(name)
        only_known(body, frozenset({"settings", "mappings"}), "create index")
        only_known(body.get("settings", {}), _SETTINGS_KEYS, "settings")
        mappings = body.get("mappings", {})
        only_known(mappings, frozenset({"properties", "dynamic", "_meta"}), "mappings")
        properties = mappings.get("properties", {})
        self._indices[name] = Index({field: mapped_field(field, spec) for field, spec in properties.items()})
        self._meta[name] = mappings.get("_meta", {})

    def delete(self, name: str) -> None:
        """Drop an index, and the aliases that name it."""
        if name not in self._indices:
            raise IndexMissingError(name)
        del self._indices[name], self._meta[name]
        self._aliases = {alias: index for alias, index in self._aliases.items() if index != name}

    def change_aliases(self, body: dict[str, Any]) -> None:
        """All actions of _aliases or none: an index is removed, or an alias is made to name an index alone."""
        only_known(body, frozenset({"actions"}), "aliases")
        actions = [next(iter(action.items())) for action in body["actions"]]
        for verb, target in actions:
            if verb not in {"add", "remove_index"}:
                raise ParsingError(f"[aliases] unknown field [{verb}] (this stand-in knows add, remove_index)")
            if target["index"] not in self._indices:
                raise IndexMissingError(target["index"])
        for verb, target in sorted(actions, key=lambda action: action[0] == "add"):
            if verb == "remove_index":
                self.delete(target["index"])
            elif target["alias"] in self._indices:
                raise IllegalValueError(f"an index exists with the same name as the alias [{target['alias']}]")
            else:
                self._aliases[target["alias"]] = target["index"]

    def aliased(self, alias: str) -> str:
        """The index an alias names; raises IndexMissingError."""
        if alias not in self._aliases:
            raise IndexMissingError(alias)
        return self._aliases[alias]

    def meta(self, name: str) -> dict[str, Any]:
        """What an index says about itself, by the index's own name."""
        self.index(name)
        index = self._aliases.get(name, name)
        return {index: {"mappings": {"_meta": self._meta[index]}}}

    def names(self) -> list[str]:
        """The indices there are."""
        return sorted(self._indices)

    def index(self, name: str) -> Index:
        """An index, by its name or an alias; raises IndexMissingError."""
        found = self._indices.get(self._aliases.get(name, name))
        if found is None:
            raise IndexMissingError(name)
        return found

    def found(self, name: str, body: dict[str, Any]) -> list[dict[str, Any]]:
        """The documents of _mget, without their fields: which there are."""
        only_known(body, frozenset({"ids"}), "mget")
        documents = self.index(name).documents
        return [{"_index": self._aliases.get(name, name), "_id": i, "found": i in documents} for i in body["ids"]]

    def search(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer of _search."""
        only_known(body, _SEARCH_KEYS, "search")
        index = self.index(name)
        scores = evaluate(index, body.get("query", {"match_all": {}}))
        best = sorted(scores.items(), key=lambda hit: -hit[1])[: body.get("size", DEFAULT_SIZE)]
        hits = [
            {
                "_index": self._aliases.get(name, name),
                "_id": i,
                "_score": score,
                **_source(index.documents[i], body.get("_source", True)),
            }
            for i, score in best
        ]
        return {
            "took": 0,
            "timed_out": False,
            "_shards": _SHARDS,
            "hits": {
                "total": {"value": len(scores), "relation": "eq"},
                "max_score": max(scores.values(), default=None),
                "hits": hits,
            },
        }

    def count(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer of _count."""
        only_known(body, frozenset({"query"}), "count")
        found = evaluate(self.index(name), body.get("query", {"match_all": {}}))
        return {"count": len(found), "_shards": _SHARDS}

    def multi_search(self, body: bytes, default: str | None) -> Iterator[dict[str, Any]]:
        """The answers of _msearch: a search that fails does not fail the others."""
        lines = _lines(body)
        if len(lines) % 2:
            raise ParsingError("[msearch] a header without a search")
        for header, search in zip(lines[::2], lines[1::2], strict=True):
            only_known(header, frozenset({"index"}), "msearch")
            try:
                yield {**self.search(header.get("index", default), search), "status": 200}
            except OpenSearchError as error:
                yield error_body(error)

    def bulk(self, body: bytes, default: str | None) -> dict[str, Any]:
        """The answer of _bulk: every action succeeds or fails alone."""
        lines = iter(_lines(body))
        items = [self._act(action, lines, default) for action in lines]
        return {"took": 0, "errors": any("error" in item for i in items for item in i.values()), "items": items}

    def _act(self, action: dict[str, Any], lines: Iterator[Any], default: str | None) -> dict[str, Any]:
        verb, target = next(iter(action.items()))
        if verb not in {"index", "delete"}:
            raise IllegalValueError(f"Malformed action/metadata line, expected [index] or [delete], found [{verb}]")
        only_known(target, frozenset({"_index", "_id"}), "bulk")
        name, identifier = target.get("_index", default), str(target["_id"])
        document = next(lines) if verb == "index" else None
        try:
            done = self._put(name, identifier, document) if document is not None else self._remove(name, identifier)
        except OpenSearchError as error:
            done = error_body(error)
        return {verb: {"_index": name, "_id": identifier, **done}}

    def _put(self, name: str, identifier: str, document: Document) -> dict[str, Any]:
        new = self.index(name).put(identifier, document)
        return {"result": "created" if new else "updated", "status": 201 if new else 200}

    def _remove(self, name: str, identifier: str) -> dict[str, Any]:
        there = self.index(name).remove(identifier)
        return {"result": "deleted" if there else "not_found", "status": 200 if there else 404}


def error_body(error: OpenSearchError) -> dict[str, Any]:
    """An error as OpenSearch words it."""
    cause = {"type": error.kind, "reason": str(error)}
    return {"error": {"root_cause": [cause], **cause}, "status": error.status}


def _lines(body: bytes) -> list[Any]:
    return [json.loads(line) for line in body.splitlines() if line.strip()]


def _source(document: Document, wanted: Any) -> Mapping[str, Any]:
    if wanted is False:
        return {}
    if isinstance(wanted, dict):
        only_known(wanted, frozenset({"includes", "excludes"}), "_source")
        included, excluded = wanted.get("includes"), wanted.get("excludes", [])
    else:
        included, excluded = (None if wanted is True else wanted), []
    kept = {k: v for k, v in document.items() if (included is None or k in included) and k not in excluded}
    return {"_source": kept}
