"""The intrinsic functions of JSONPath templates.

https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
"""

import base64
import json
import math
import random
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from local.stepfunctions.functions import HASHES, digest, partition, unique_id
from local.stepfunctions.json_types import JSON, compact

_PLACEHOLDER: Final = re.compile(r"\\([{}])|\{\}")
MAX_ITEMS: Final = 1_000


def format_text(template: str, *arguments: JSON) -> str:
    """The template with each `{}` replaced by an argument; `\\{` and `\\}` are braces."""
    values = iter(arguments)
    if len([match for match in _PLACEHOLDER.finditer(template) if match[1] is None]) != len(arguments):
        raise ValueError("the number of arguments does not match the occurrences of {} in the template")
    return _PLACEHOLDER.sub(lambda match: match[1] or _plain_text(next(values)), template)


def split(text: str, separators: str) -> list[str]:
    """The pieces between any of the separator characters, empty ones left out."""
    return [piece for piece in re.split(f"[{re.escape(separators)}]", text) if piece] if separators else [text]


def merge(first: dict[str, JSON], second: dict[str, JSON], deep: bool) -> dict[str, JSON]:
    """The members of both, the second's where both have one; only shallow merging exists."""
    if deep:
        raise ValueError("the third argument must be false: deep merging is not supported")
    return {**first, **second}


def number_range(first: float, last: float, step: float) -> list[int]:
    """Whole numbers from first to last, both included, at most 1,000."""
    start, stop, stride = _whole(first), _whole(last), _whole(step)
    if stride == 0:
        raise ValueError("the step must not be 0")
    items = list(range(start, stop + (1 if stride > 0 else -1), stride))
    if len(items) > MAX_ITEMS:
        raise ValueError(f"an array range has at most {MAX_ITEMS} items")
    return items


def unique(items: list[JSON]) -> list[JSON]:
    """The items without repetition, in the order of their first occurrence."""
    seen: dict[bytes, JSON] = {}
    for item in items:
        seen.setdefault(_identity(item), item)
    return list(seen.values())


def contains(items: list[JSON], value: JSON) -> bool:
    """Whether an item equals the value."""
    return _identity(value) in map(_identity, items)


def item_at(items: list[JSON], index: float) -> JSON:
    """The item at an index from 0."""
    if not 0 <= index < len(items):
        raise ValueError(f"the index {index} is outside of the array")
    return items[int(index)]


def random_whole(first: float, last: float, seed: float | None = None) -> int:
    """A whole number from first, included, to last, excluded; the same for the same seed."""
    source = random if seed is None else random.Random(seed)  # noqa: S311 - the language asks for no secret
    return source.randrange(_whole(first), _whole(last))


def add(first: float, second: float) -> int:
    """The sum of both, each rounded to the nearest whole number first."""
    return _whole(first) + _whole(second)


def hashed(data: JSON, algorithm: str) -> str:
    """A hash in hexadecimal, of text or of a value's JSON."""
    if algorithm not in HASHES:
        raise ValueError(f"unknown hash algorithm {algorithm}")
    return digest(data if isinstance(data, str) else compact(data), algorithm)


def _identity(value: JSON) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _whole(value: float) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"expected a number, not {compact(value)}")
    return math.floor(value + 0.5)


def _plain_text(value: JSON) -> str:
    """A value inside formatted text: objects and arrays read as Java prints them, as AWS does."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={_plain_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_plain_text, value)) + "]"
    return compact(value)


FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "Array": lambda *items: list(items),
    "ArrayContains": contains,
    "ArrayGetItem": item_at,
    "ArrayLength": len,
    "ArrayPartition": partition,
    "ArrayRange": number_range,
    "ArrayUnique": unique,
    "Base64Decode": lambda text: base64.b64decode(text, validate=True).decode(),
    "Base64Encode": lambda text: base64.b64encode(text.encode()).decode(),
    "Format": format_text,
    "Hash": hashed,
    "JsonMerge": merge,
    "JsonToString": compact,
    "MathAdd": add,
    "MathRandom": random_whole,
    "StringSplit": split,
    "StringToJson": json.loads,
    "UUID": unique_id,
}
"""Name, without `States.`, → implementation."""
