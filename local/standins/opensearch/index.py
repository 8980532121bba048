"""One index: its mapping, its documents, and what is derived from them (terms and unit vectors)."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from local.standins.opensearch.analysis import tokens
from local.standins.opensearch.errors import IllegalValueError, only_known

K1 = 1.2
B = 0.75
Document = Mapping[str, Any]
_FIELD_KEYS: Mapping[str, frozenset[str]] = {
    "keyword": frozenset({"type"}),
    "text": frozenset({"type", "analyzer"}),
    "object": frozenset({"type", "enabled"}),
    "knn_vector": frozenset({"type", "dimension", "method", "space_type"}),
}


@dataclass(frozen=True, slots=True)
class Mapped:
    """A field's type, and a vector's length."""

    kind: str
    dimension: int = 0


@dataclass(frozen=True, slots=True)
class _Terms:
    """Term counts of one text field."""

    counts: Mapping[str, Counter[str]]
    documents_with: Counter[str]
    average_length: float


@dataclass(frozen=True, slots=True)
class _Units:
    """Unit vectors of one vector field, a row a document."""

    ids: tuple[str, ...]
    rows: NDArray[np.float32]


def mapped_field(name: str, body: dict[str, Any]) -> Mapped:
    """One entry of `mappings.properties`; raises IllegalValueError for what is not served here."""
    kind = body.get("type", "object")
    if kind not in _FIELD_KEYS:
        raise IllegalValueError(f"No handler for type [{kind}] declared on field [{name}]")
    only_known(body, _FIELD_KEYS[kind], name)
    if kind == "object" and body.get("enabled", True):
        raise IllegalValueError(f"[{name}] this stand-in stores objects with [enabled: false] only")
    if kind == "text" and body.get("analyzer") != "cjk":
        raise IllegalValueError(f"analyzer [{body.get('analyzer')}] has not been configured in mappings; [cjk] has")
    if kind == "knn_vector":
        _only_cosine(name, body)
    return Mapped(kind, int(body.get("dimension", 0)))


def _only_cosine(name: str, body: dict[str, Any]) -> None:
    method = body.get("method", {})
    spaces = {body.get("space_type"), method.get("space_type")} - {None}
    if spaces != {"cosinesimil"} or method.get("engine", "lucene") != "lucene":
        raise IllegalValueError(f"[{name}] this stand-in serves cosinesimil of the lucene engine only")


class Index:
    """Documents by id. Not thread-safe: used from one event loop."""

    def __init__(self, mapping: Mapping[str, Mapped]) -> None:
        self.mapping = mapping
        self.documents: dict[str, Document] = {}
        self._terms: dict[str, _Terms] = {}
        self._units: dict[str, _Units] = {}

    def put(self, identifier: str, document: Document) -> bool:
        """Store a document; whether it is new. Raises IllegalValueError."""
        for name, value in document.items():
            self._check(name, value)
        new = identifier not in self.documents
        self.documents[identifier] = document
        self._forget()
        return new

    def remove(self, identifier: str) -> bool:
        """Delete a document; whether it was there."""
        self._forget()
        return self.documents.pop(identifier, None) is not None

    def field(self, name: str, kind: str) -> Mapped:
        """A field of the kind a query needs; raises IllegalValueError."""
        found = self.mapping.get(name)
        if found is None or found.kind != kind:
            raise IllegalValueError(f"Field '{name}' is not {kind} type.")
        return found

    def matching(self, name: str, text: str, *, every: bool = False) -> dict[str, float]:
        """BM25 (Lucene's, as OpenSearch 3 scores) of a text field by document id."""
        self.field(name, "text")
        terms = self._terms_of(name)
        asked = set(tokens(text))
        scores: dict[str, float] = {}
        for identifier, counts in terms.counts.items():
            hit = [term for term in asked if term in counts]
            if hit and (len(hit) == len(asked) or not every):
                scores[identifier] = sum(_bm25(term, counts, terms) for term in hit)
        return scores

    def nearest(self, name: str, vector: list[float], k: int, allowed: frozenset[str] | None) -> dict[str, float]:
        """(1 + cosine) / 2 of the k nearest among the allowed, by document id."""
        dimension = self.field(name, "knn_vector").dimension
        query = _unit(vector, dimension, "Query vector")
        units = self._units_of(name)
        scores = (1 + units.rows @ query) / 2
        order = [i for i in np.argsort(-scores, kind="stable") if allowed is None or units.ids[i] in allowed]
        return {units.ids[i]: float(scores[i]) for i in order[:k]}

    def _check(self, name: str, value: Any) -> None:
        mapped = self.mapping.get(name)
        if mapped is None:
            raise IllegalValueError(f"mapping set to strict, dynamic introduction of [{name}] is not allowed")
        if mapped.kind == "knn_vector":
            _unit(value, mapped.dimension, f"Vector of field [{name}]")

    def _forget(self) -> None:
        self._terms.clear()
        self._units.clear()

    def _terms_of(self, name: str) -> _Terms:
        if name not in self._terms:
            counts = {i: Counter(tokens(str(d[name]))) for i, d in self.documents.items() if d.get(name)}
            documents_with = Counter(term for found in counts.values() for term in found)
            average = sum(found.total() for found in counts.values()) / max(1, len(counts))
            self._terms[name] = _Terms(counts, documents_with, average)
        return self._terms[name]

    def _units_of(self, name: str) -> _Units:
        if name not in self._units:
            dimension = self.mapping[name].dimension
            found = {i: _unit(d[name], dimension, name) for i, d in self.documents.items() if name in d}
            rows = np.stack(list(found.values())) if found else np.zeros((0, dimension), dtype=np.float32)
            self._units[name] = _Units(tuple(found), rows)
        return self._units[name]


def _bm25(term: str, counts: Counter[str], terms: _Terms) -> float:
    documents, holding = len(terms.counts), terms.documents_with[term]
    rarity = math.log(1 + (documents - holding + 0.5) / (holding + 0.5))
    frequency = counts[term]
    length = counts.total() / terms.average_length
    return rarity * frequency / (frequency + K1 * (1 - B + B * length))


def _unit(vector: Any, dimension: int, what: str) -> NDArray[np.float32]:
    row = np.asarray(vector, dtype=np.float32)
    if row.shape != (dimension,):
        raise IllegalValueError(f"{what} has invalid dimension: {row.size}. Dimension should be: {dimension}")
    length = float(np.linalg.norm(row))
    if not math.isfinite(length) or length == 0:
        raise IllegalValueError(
            f"{what}: a zero or non-finite vector is not supported when the space type is cosinesimil"
        )
    return row / np.float32(length)
