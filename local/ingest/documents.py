"""Documents of the search indices, from data/: what is said, not yet where it lies in the embedding space."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from data.schemas import FaqEntry, Language, PolicyParagraph, Product, Series, read_rows

# What tells the products of a series apart; prices and stock change, and stay in the catalogue table.
EDITION_FIELDS = {"id", "volume", "kind", "language", "release_date"}
LANGUAGES: tuple[Language, ...] = ("en", "ja")
_STATUS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {"ongoing": "ongoing", "completed": "completed", "hiatus": "on hiatus"},
        "ja": {"ongoing": "連載中", "completed": "完結", "hiatus": "休載中"},
    }
)
_FACTS: Mapping[Language, str] = MappingProxyType(
    {
        "en": "It is written by {author} and published by {publisher} ({volumes} volumes, {status}; {genres}).",
        "ja": "作者は{author}、日本語版の出版社は{publisher}で、{volumes}巻まで刊行されています（{status}）。",
    }
)


@dataclass(frozen=True, slots=True)
class Document:
    """One document of an index. `embedded` is the text whose vector it carries; None for an index without vectors."""

    index: str
    id: str
    fields: Mapping[str, Any]
    embedded: str | None


def documents(data: Path) -> Iterator[Document]:
    """Every document of every index."""
    entries = list(read_rows(data / "policies" / "faq.jsonl", FaqEntry))
    paragraphs = list(read_rows(data / "policies" / "policies.jsonl", PolicyParagraph))
    series = list(read_rows(data / "catalogue" / "series.jsonl", Series))
    for language in LANGUAGES:
        for entry in entries:
            yield _passage(
                language, entry.id, "faq", getattr(entry.question, language), getattr(entry.answer, language)
            )
            yield from _replies(language, entry)
        for paragraph in paragraphs:
            title, text = getattr(paragraph.title, language), getattr(paragraph.text, language)
            yield _passage(language, paragraph.id, "policy", title, text)
        for one in series:
            yield _passage(
                language, f"synopsis-{one.id}", "synopsis", getattr(one.titles, language), _about(one, language)
            )
    yield from _titles(data, series)


def _passage(language: Language, identifier: str, kind: str, title: str, text: str) -> Document:
    fields = {"id": identifier, "kind": kind, "title": title, "text": text}
    return Document(f"passages-{language}", identifier, fields, f"{title}\n{text}")


def _replies(language: Language, entry: FaqEntry) -> Iterator[Document]:
    """The entry's answer, known under each way to put its question."""
    questions = [getattr(entry.question, language), *getattr(entry.other_questions, language)]
    for number, question in enumerate(questions):
        identifier = f"{entry.id}-{number}"
        fields = {
            "id": identifier,
            "question": question,
            "reply": getattr(entry.answer, language),
            "sources": [entry.id],
        }
        yield Document(f"replies-{language}", identifier, fields, question)


def _about(series: Series, language: Language) -> str:
    facts = _FACTS[language].format(
        author=getattr(series.author, language),
        publisher=getattr(series.publisher, language),
        volumes=getattr(series.volumes, language),
        status=_STATUS[language][series.status],
        genres=", ".join(series.genres),
    )
    return f"{getattr(series.synopsis, language)} {facts}" if language == "en" else series.synopsis.ja + facts


def _titles(data: Path, series: list[Series]) -> Iterator[Document]:
    editions: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for product in read_rows(data / "catalogue" / "products.jsonl", Product):
        editions[product.series_id].append(product.model_dump(mode="json", include=EDITION_FIELDS))
    for one in series:
        titles = dict.fromkeys([one.titles.en, one.titles.ja, one.titles.romaji, *one.aliases])
        fields = {"series_id": one.id, "titles": "\n".join(titles), "editions": editions[one.id]}
        yield Document("products", one.id, fields, None)
