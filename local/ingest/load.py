"""The whole load: tables, vectors, indices."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.session import Session

from local.ingest.documents import Document, documents
from local.ingest.items import catalogue_items, customer_items
from local.ingest.mappings import mapping
from local.ingest.progress import Report, silent
from local.ingest.search import SearchIndices
from local.ingest.tables import fill_table
from local.ingest.vectors import VectorCache
from local.standins.titan import Encode

DECIMALS = 6


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
) -> dict[str, int]:
    """Load everything; how many rows went into each table and index. Raises IngestError and botocore's errors."""
    vectors = VectorCache(cache, encoder_name, to.dimensions)
    return fill_tables(data, to, report) | fill_indices(data, to, encode, vectors, report)


def fill_tables(data: Path, to: Destination, report: Report = silent) -> dict[str, int]:
    """Load the catalogue and the customers; how many items each table got."""
    return {
        to.catalogue_table: fill_table(to.dynamodb, to.catalogue_table, catalogue_items(data), report),
        to.customers_table: fill_table(to.dynamodb, to.customers_table, customer_items(data), report),
    }


def fill_indices(
    data: Path, to: Destination, encode: Encode, vectors: VectorCache, report: Report = silent
) -> dict[str, int]:
    """Make the indices anew from data/; how many documents each got."""
    indices = SearchIndices(to.search_endpoint, to.aws)
    by_index: dict[str, list[Document]] = defaultdict(list)
    for document in documents(data):
        by_index[document.index].append(document)
    for done, (index, found) in enumerate(by_index.items(), start=1):
        indices.recreate(index, mapping(index, to.dimensions))
        indices.fill(index, zip((one.id for one in found), _bodies(found, vectors, encode, to, report), strict=True))
        indices.refresh(index)
        report("indices", done, len(by_index))
    return {index: len(found) for index, found in by_index.items()}


def _bodies(
    found: list[Document], vectors: VectorCache, encode: Encode, to: Destination, report: Report
) -> list[dict[str, Any]]:
    texts = [document.embedded for document in found if document.embedded is not None]
    if not texts:
        return [dict(document.fields) for document in found]
    rows = vectors.vectors(texts, encode, report).astype(float).round(DECIMALS).tolist()
    return [{**one.fields, "space": to.space, "embedding": row} for one, row in zip(found, rows, strict=True)]
