"""Request bodies as the workflow sends them, made of the project's own utterances and passages."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mangaassist.policy.ranking import RERANKED

_DATA = Path("data")
LANGUAGES = ("en", "ja")
_MOST = 200


def bodies() -> Mapping[str, Sequence[bytes]]:
    """By model: single messages, and queries with as many passages as the workflow reranks; the languages in turn."""
    by_language = {language: (_texts(language), _passages(language)) for language in LANGUAGES}
    classified = [[{"inputs": [text]} for text in texts] for texts, _ in by_language.values()]
    reranked = [
        [{"query": text, "passages": _some(passages, place)} for place, text in enumerate(texts)]
        for texts, passages in by_language.values()
    ]
    return {"classifier": _in_turn(classified), "reranker": _in_turn(reranked)}


def _some(passages: Sequence[str], place: int) -> list[str]:
    return [passages[(place + step) % len(passages)] for step in range(RERANKED)]


def _in_turn(lists: Sequence[Sequence[object]]) -> list[bytes]:
    together = [body for row in zip(*lists, strict=False) for body in row]
    return [json.dumps(body, ensure_ascii=False).encode() for body in together[:_MOST]]


def _passages(language: str) -> list[str]:
    return [row["text"][language] for row in _rows(_DATA / "policies" / "policies.jsonl")]


def _texts(language: str) -> list[str]:
    return [row["text"] for row in _rows(_DATA / "utterances" / f"heldout.{language}.jsonl")]


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
