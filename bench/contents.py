"""What the catalogue, the index and the models hold and say, so that each answer can be told from every other."""

import re
from collections.abc import Iterator
from typing import Any

from bench.kinds import STORIES, kind_of, price, slot, story

DIMENSIONS = 512
PASSAGES = 10
_NUMBER = re.compile(r"N(\d+)")
Body = dict[str, Any]


def products() -> Iterator[Body]:
    """The catalogue: one volume of every story."""
    for one in range(STORIES):
        title = f"{story(one)}, Vol. 1"
        yield {
            "product_id": _product_id(story(one)),
            "series_id": story(one),
            "title": {"en": title, "ja": title},
            "volume": 1,
            "kind": "volume",
            "language": "en",
            "price": {"usd": price(one), "jpy": 1400},
            "stock": 50,
            "release_date": "2020-01-07",
        }


def intent(message: str) -> str:
    return kind_of(message).intent


def one_hot(message: str) -> list[float]:
    hot = slot(number(message), known=kind_of(message).known)
    return [float(place == hot) for place in range(DIMENSIONS)]


def number(text: str) -> int:
    return int(_NUMBER.findall(text)[-1])


def passages(hot: int) -> Body:
    source = {"kind": "faq", "title": "Question", "text": "Passage. " * 20}
    return _hits([(f"passage-{hot}-{place}", 0.9 - place / 100, source) for place in range(PASSAGES)])


def known_reply(hot: int) -> Body:
    known = hot == slot(hot // 2, known=True)
    source = {"question": "Known question?", "reply": f"Known reply {hot}.", "sources": [f"known-{hot}"]}
    return _hits([(f"known-{hot}", 0.99 if known else 0.6, source)])


def series(text: str) -> Body:
    named = [title for title in map(story, range(STORIES)) if title in text]
    edition = {"volume": 1, "kind": "volume", "language": "en", "release_date": "2020-01-07"}
    found = [(title, {"id": _product_id(title), **edition}) for title in named]
    return _hits([(str(edition["id"]), 5.0, {"titles": title, "editions": [edition]}) for title, edition in found])


def _hits(hits: list[tuple[str, float, Any]]) -> Body:
    found = [{"_index": "index-1", "_id": name, "_score": score, "_source": source} for name, score, source in hits]
    return {"status": 200, "hits": {"hits": found}}


def _product_id(title: str) -> str:
    return f"{title.lower().replace(' ', '-')}-1-en"
