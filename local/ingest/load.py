"""The whole load: tables, vectors, indices. What is there already is left; what is interrupted goes on."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.session import Session

from local.ingest.documents import Document, documents
from local.ingest.items import catalogue_items, customer_items
from local.ingest.mappings import mapping
from local.ingest.outcome import Loaded, version
from local.ingest.progress import Report, silent
from local.ingest.search import SearchIndices
from local.ingest.tables import Table, TableLoader
from local.ingest.vectors import VectorCache
from local.standins.titan import Encode

DECIMALS = 6
BATCH = 100
"""Documents a request: with vectors of 512 numbers, about half a megabyte."""


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Where data goes. `aws` signs the search requests; the embedding space is `embedding_model` at `dimensions`."""

    dynamodb: Any
    catalogue_table: str
    customers_table: str
    search_endpoint: str
    aws: Session
    embedding_model: str
    dimensions: int

    @property
    def space(self) -> str:
        """The embedding space's id, which every vector carries and every query filters on."""
        return f"{self.embedding_model}:{self.dimensions}"


def ingest(
    data: Path, to: Destination, encode: Encode, *, encoder_name: str, cache: Path, report: Report = silent
) -> dict[str, Loaded]:
    """Load everything; what became of each table and index. Raises IngestError, RowError and botocore's errors."""
    vectors = VectorCache(cache, encoder_name, to.dimensions)
    return fill_tables(data, to, report) | fill_indices(data, to, encode, vectors, report)


def fill_tables(data: Path, to: Destination, report: Report = silent) -> dict[str, Loaded]:
    """Load the catalogue, which is data/ and nothing else, and the customers, who may be others too."""
    catalogue = Table(to.catalogue_table, {"product_id": "*"}, owned=True)
    customers = Table(to.customers_table, {"customer_id": "*", "item": "VERSION"}, owned=False)
    loader = TableLoader(to.dynamodb, report)
    return {
        catalogue.name: loader.fill(catalogue, catalogue_items(data)),
        customers.name: loader.fill(customers, customer_items(data)),
    }


def fill_indices(
    data: Path, to: Destination, encode: Encode, vectors: VectorCache, report: Report = silent
) -> dict[str, Loaded]:
    """Fill every index beside the one that serves searches, which it replaces once it is whole."""
    by_index: dict[str, list[Document]] = defaultdict(list)
    for document in documents(data):
        by_index[document.index].append(document)
    loader = _IndexLoader(SearchIndices(to.search_endpoint, to.aws), to, encode, vectors, report)
    return {alias: loader.fill(alias, found) for alias, found in by_index.items()}


@dataclass(frozen=True)
class _IndexLoader:
    indices: SearchIndices
    to: Destination
    encode: Encode
    vectors: VectorCache
    report: Report

    def fill(self, alias: str, found: list[Document]) -> Loaded:
        body = mapping(alias, self.to.dimensions)
        embedded = [self.to.space for one in found if one.embedded is not None]
        digest = version([body, *embedded[:1], *({"id": one.id, **one.fields} for one in found)])
        index = f"{alias}-{digest}"
        if self.indices.serves(alias, index):
            self.report(alias, len(found), len(found))
            return Loaded(digest, len(found), 0, 0)
        body["mappings"]["_meta"] = {"version": digest, "documents": len(found), "space": self.to.space}
        new = self.indices.create(index, body)
        missing = found if new else self._missing(index, found)
        self.report(alias, len(found) - len(missing), len(found))
        bodies = self._bodies(missing)
        for start, batch in _batches(missing):
            self.indices.put(index, ((one.id, bodies[start + n]) for n, one in enumerate(batch)))
            self.report(alias, len(found) - len(missing) + start + len(batch), len(found))
        return Loaded(digest, len(found), len(missing), self.indices.switch(alias, index))

    def _missing(self, index: str, found: list[Document]) -> list[Document]:
        ids: set[str] = set()
        for _, batch in _batches(found):
            ids |= self.indices.missing(index, [one.id for one in batch])
        return [one for one in found if one.id in ids]

    def _bodies(self, found: list[Document]) -> list[dict[str, Any]]:
        texts = [document.embedded for document in found if document.embedded is not None]
        if not texts:
            return [dict(document.fields) for document in found]
        rows = self.vectors.vectors(texts, self.encode, self.report).astype(float).round(DECIMALS).tolist()
        return [{**one.fields, "space": self.to.space, "embedding": row} for one, row in zip(found, rows, strict=True)]


def _batches(found: list[Document]) -> Iterator[tuple[int, list[Document]]]:
    for start in range(0, len(found), BATCH):
        yield start, found[start : start + BATCH]
