"""The indices' settings and mappings. Text is analysed by the built-in `cjk` analyzer."""

from typing import Any

_TEXT = {"type": "text", "analyzer": "cjk"}
_KEYWORD = {"type": "keyword"}
_STORED = {"type": "object", "enabled": False}


def mapping(index: str, dimensions: int) -> dict[str, Any]:
    """The body that creates the index of this name."""
    fields = _FIELDS[index.partition("-")[0]]
    if index == "products":
        return {"mappings": {"properties": fields}}
    vector = {
        "type": "knn_vector",
        "dimension": dimensions,
        "method": {"name": "hnsw", "engine": "lucene", "space_type": "cosinesimil"},
    }
    return {
        "settings": {"index.knn": True},
        "mappings": {"properties": {**fields, "space": _KEYWORD, "embedding": vector}},
    }


_FIELDS: dict[str, dict[str, Any]] = {
    "passages": {"id": _KEYWORD, "kind": _KEYWORD, "title": _TEXT, "text": _TEXT},
    "replies": {"id": _KEYWORD, "question": _TEXT, "reply": _TEXT, "sources": _KEYWORD},
    "products": {"series_id": _KEYWORD, "titles": _TEXT, "editions": _STORED},
}
