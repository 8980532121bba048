"""What a fault makes of the body of an answer."""

import json
import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from local.standins.fault_catalogue import Mode
from local.standins.faults import Fault

Document = dict[str, Any]

INSTEAD: Mapping[Mode, bytes] = MappingProxyType(
    {Mode.MALFORMED: b'{"cut short" [', Mode.EMPTY: b"", Mode.WRONG_SCHEMA: b'{"unexpected": true}'}
)
"""Bodies that take the place of any answer."""


def bent(body: bytes, fault: Fault | None) -> bytes:
    """The body as the fault makes it; a fault of no body's leaves it as it is."""
    if fault is None:
        return body
    if fault.mode in INSTEAD:
        return INSTEAD[fault.mode]
    if fault.mode is Mode.TRUNCATED_JSON:
        return body[: len(body) // 2]
    change = _CHANGES.get((fault.target, fault.mode))
    return body if change is None else json.dumps(change(json.loads(body)), ensure_ascii=False).encode()


def _score(value: float) -> Callable[[Document], Document]:
    return lambda answer: {**answer, "predictions": [{**one, "score": value} for one in answer["predictions"]]}


def _without_score(answer: Document) -> Document:
    kept = [{name: one[name] for name in one if name != "score"} for one in answer["predictions"]]
    return {**answer, "predictions": kept}


def _scores(change: Callable[[list[float]], list[float]]) -> Callable[[Document], Document]:
    return lambda answer: {**answer, "scores": change(answer["scores"])}


def _vector(change: Callable[[list[float]], list[float]]) -> Callable[[Document], Document]:
    return lambda answer: {**answer, "embedding": change(answer["embedding"])}


def _hits(change: Callable[[Document], Document]) -> Callable[[Document], Document]:
    """A search's answer with its hits changed; of a multi-search, those of all its parts."""

    def changed(answer: Document) -> Document:
        if "responses" in answer:
            return {**answer, "responses": [changed(part) for part in answer["responses"]]}
        hits = answer["hits"]
        return {**answer, "hits": {**hits, "hits": [change(hit) for hit in hits["hits"]]}}

    return changed


_CHANGES: Mapping[tuple[str, Mode], Callable[[Document], Document]] = MappingProxyType(
    {
        ("classifier", Mode.NAN): _score(math.nan),
        ("classifier", Mode.SCORES_MISSING): _without_score,
        ("reranker", Mode.NAN): _scores(lambda scores: [math.nan] * len(scores)),
        ("reranker", Mode.SCORES_MISSING): _scores(lambda scores: scores[:-1]),
        ("reranker", Mode.OVER_LONG): _scores(lambda scores: scores * 2),
        ("embedding", Mode.NAN): _vector(lambda vector: [math.nan] * len(vector)),
        ("embedding", Mode.WRONG_DIMENSION): _vector(lambda vector: vector[: len(vector) // 2]),
        ("search", Mode.NAN): _hits(lambda hit: {**hit, "_score": math.nan}),
        ("search", Mode.SCORES_MISSING): _hits(lambda hit: {**hit, "_score": None}),
    }
)
