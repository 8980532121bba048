"""What a batch gains or costs, model by model: the figures behind models/serving/batching.toml."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.endpoints.traffic import LANGUAGES, bodies
from bench.results import Cell, Result, Say, UnmeasurableError
from models.errors import ModelsError
from models.serving.batching import batching_of
from models.serving.servable import Servable, load_servable

SIZES = (1, 2, 4, 8)
ITEMS = 32
ROUNDS = 5
_MODELS = Path("build/models")


async def measure(say: Say) -> Result:
    rows: list[list[Cell]] = []
    requests = bodies()
    for kind in ("classifier", "reranker"):
        try:
            servable = await asyncio.to_thread(load_servable, _MODELS / kind)
        except ModelsError as error:
            raise UnmeasurableError(str(error)) from error
        for name, items in _items(servable, requests[kind]).items():
            say(f"{kind}, {name}")
            times = await asyncio.to_thread(_times, servable, items)
            rows.append([f"{kind}, {name}", *times, times[0] / min(times), batching_of(kind).max_batch])
    return Result(
        columns=("ms an item, batches of", *map(str, SIZES), "best gain", "max_batch"),
        rows=rows,
        notes=[
            f"One thread, {ITEMS} items in the order of their buckets; the least of {ROUNDS} rounds.",
            "max_batch is what models/serving/batching.toml has: 1 runs items alone.",
        ],
    )


def _items(servable: Servable, requests: Sequence[bytes]) -> dict[str, list[Any]]:
    """By language, whose requests come in turn."""
    of_language = {
        language: [item for body in requests[place :: len(LANGUAGES)] for item in servable.items(body)]
        for place, language in enumerate(LANGUAGES)
    }
    return {language: items[:ITEMS] for language, items in of_language.items()}


def _times(servable: Servable, items: Sequence[Any]) -> list[float]:
    """Milliseconds an item at each size."""
    by_length = sorted(items, key=lambda item: servable.batching.bucket(servable.length(item)))
    servable.infer(by_length[: max(SIZES)])
    return [min(_round(servable, by_length, size) for _ in range(ROUNDS)) * 1000 / len(items) for size in SIZES]


def _round(servable: Servable, items: Sequence[Any], size: int) -> float:
    start = perf_counter()
    for place in range(0, len(items), size):
        servable.infer(items[place : place + size])
    return perf_counter() - start
