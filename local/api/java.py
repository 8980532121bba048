"""Java's values and methods, as Velocity's templates see them."""

import re
from collections.abc import Callable, Mapping
from typing import Any


class Flag(int):
    """A boolean that prints as Java prints it."""

    def __new__(cls, value: object) -> "Flag":
        return super().__new__(cls, bool(value))

    def __str__(self) -> str:
        return "true" if self else "false"


class JavaMap(dict[str, Any]):
    """A map that prints as Java prints it."""

    def __str__(self) -> str:
        return "{" + ", ".join(f"{key}={_text(value)}" for key, value in self.items()) + "}"


class JavaList(list[Any]):
    """A list that prints as Java prints it."""

    def __str__(self) -> str:
        return "[" + ", ".join(map(_text, self)) + "]"


def _text(value: Any) -> str:
    return "null" if value is None else str(value)


def to_velocity(value: Any) -> Any:
    """JSON data as a template sees it."""
    if isinstance(value, bool):
        return Flag(value)
    if isinstance(value, dict):
        return JavaMap({key: to_velocity(item) for key, item in value.items()})
    if isinstance(value, list):
        return JavaList([to_velocity(item) for item in value])
    return value


def _replace_all(text: str, pattern: str, replacement: str) -> str:
    """Java's replaceAll: in the replacement `$1` is a group and a backslash quotes the next character."""
    parts = re.split(r"(\\.|\$\d)", replacement, flags=re.S)

    def expand(match: re.Match[str]) -> str:
        return "".join(_expanded(part, match) for part in parts)

    return re.sub(pattern, expand, text)


def _expanded(part: str, match: re.Match[str]) -> str:
    if part.startswith("\\"):
        return part[1:]
    return match[int(part[1:])] or "" if re.fullmatch(r"\$\d", part) else part


def _substring(text: str, start: int, end: int | None = None) -> str:
    return text[start:end]


def _add(items: list[Any], item: Any) -> Flag:
    items.append(item)
    return Flag(True)


def _put(mapping: dict[Any, Any], key: Any, value: Any) -> Any:
    """What was there before, or nothing."""
    before = mapping.get(key, "")
    mapping[key] = value
    return before


def _says(question: Callable[..., object]) -> Callable[..., Flag]:
    return lambda *given: Flag(question(*given))


_EVERYTHING: dict[str, Any] = {
    "equals": _says(lambda this, other: this == other),
    "toString": str,
}
_LIST: dict[str, Any] = {
    **_EVERYTHING,
    "add": _add,
    "contains": _says(lambda items, item: item in items),
    "get": lambda items, index: items[index],
    "isEmpty": _says(lambda items: not items),
    "size": len,
}
_MAP: dict[str, Any] = {
    **_EVERYTHING,
    "containsKey": _says(lambda mapping, key: key in mapping),
    "entrySet": lambda mapping: [{"key": key, "value": value} for key, value in mapping.items()],
    "isEmpty": _says(lambda mapping: not mapping),
    "keySet": JavaList,
    "put": _put,
    "putAll": lambda mapping, others: mapping.update(others) or "",
    "size": len,
    "values": lambda mapping: JavaList(mapping.values()),
}
METHODS: Mapping[type, Mapping[str, Any]] = {
    str: {
        **_EVERYTHING,
        "contains": _says(lambda text, part: part in text),
        "endsWith": _says(lambda text, part: text.endswith(part)),
        "equalsIgnoreCase": _says(lambda text, other: text.lower() == other.lower()),
        "indexOf": lambda text, part: text.find(part),
        "isEmpty": _says(lambda text: not text),
        "length": len,
        "matches": _says(lambda text, pattern: re.fullmatch(pattern, text)),
        "replaceAll": _replace_all,
        "startsWith": _says(lambda text, part: text.startswith(part)),
        "substring": _substring,
        "toLowerCase": lambda text: text.lower(),
        "toUpperCase": lambda text: text.upper(),
        "trim": lambda text: text.strip(),
    },
    list: _LIST,
    JavaList: _LIST,
    dict: _MAP,
    JavaMap: _MAP,
    int: _EVERYTHING,
    float: _EVERYTHING,
    Flag: _EVERYTHING,
}
