"""The functions that Step Functions adds to JSONata.

https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html#transforming-data-with-jsonata
"""

import hashlib
import json
import random
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from local.stepfunctions.json_types import JSON

HASHES: Final[Mapping[str, str]] = {
    "MD5": "md5",
    "SHA-1": "sha1",
    "SHA-256": "sha256",
    "SHA-384": "sha384",
    "SHA-512": "sha512",
}
MAX_ITEMS: Final = 1_000


def parse(text: str | None) -> JSON:
    """JSON text as its value."""
    return None if text is None else json.loads(text)


def digest(text: str, algorithm: str = "SHA-256") -> str:
    """A hash of text, in hexadecimal."""
    if algorithm not in HASHES:
        raise ValueError(f"Unknown hash algorithm '{algorithm}', expected one of {', '.join(HASHES)}")
    return hashlib.new(HASHES[algorithm], text.encode(), usedforsecurity=False).hexdigest()


def random_number(seed: float | None = None) -> float:
    """A number from 0 to 1, 1 excluded; the same for the same seed."""
    source = random if seed is None else random.Random(seed)  # noqa: S311 - the language asks for no secret
    return source.random()


def partition(items: list[JSON], size: float) -> list[list[JSON]]:
    """Items in chunks of `size`; the last may be shorter."""
    step = int(size)
    if step < 1:
        raise ValueError("A partition needs a positive size")
    return [items[start : start + step] for start in range(0, len(items), step)]


def number_range(first: float, last: float, step: float) -> float | list[float]:
    """Numbers from first to last, both included, at most 1,000; one stands for itself, as in a JSONata sequence."""
    if step == 0:
        raise ValueError("A range needs a step that is not 0")
    count = max(int((last - first) / step) + 1, 0) if (last - first) * step >= 0 else 0
    if count > MAX_ITEMS:
        raise ValueError(f"A range has at most {MAX_ITEMS} items")
    numbers = [first + index * step for index in range(count)]
    return numbers[0] if count == 1 else numbers


def unique_id() -> str:
    """A random UUID, version 4."""
    return str(uuid.uuid4())


FUNCTIONS: Final[Mapping[str, tuple[Callable[..., Any], str]]] = {
    "parse": (parse, "<s:x>"),
    "hash": (digest, "<ss?:s>"),
    "random": (random_number, "<n?:n>"),
    "partition": (partition, "<an:a>"),
    "range": (number_range, "<nnn:x>"),
    "uuid": (unique_id, "<:s>"),
}
"""Name → implementation and JSONata signature."""
