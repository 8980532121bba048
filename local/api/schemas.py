"""JSON schema draft 4 as API Gateway applies it, and the words in which it says what is wrong.

It validates with the Java library json-schema-validator, whose wording for the common keywords is given here; for the
others the words are jsonschema's own. What API Gateway ignores or drops on import is refused:
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from local.api.errors import ApiError

if TYPE_CHECKING:
    from jsonschema import Draft4Validator
    from jsonschema.exceptions import ValidationError

_REFERENCE = "#/components/schemas/"
_DESCRIPTIVE = frozenset({"$schema", "title", "description", "default", "format"})
_PLAIN = frozenset(
    {
        "type",
        "enum",
        "required",
        "minimum",
        "maximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "pattern",
        "uniqueItems",
        "minProperties",
        "maxProperties",
    }
)
_ONE, _LISTS, _MAPS = ("items", "additionalProperties", "not"), ("allOf", "anyOf", "oneOf"), ("properties",)
_KNOWN = _DESCRIPTIVE | _PLAIN | {*_ONE, *_LISTS, *_MAPS, "$ref"}


def only_known_keywords(where: str, schema: Mapping[str, Any], document: Mapping[str, Any]) -> None:
    """Raise ApiError for a keyword that API Gateway does not apply, in the schema or in what it refers to."""
    seen: set[str] = set()
    waiting = [schema]
    while waiting:
        one = waiting.pop()
        unknown = one.keys() - _KNOWN
        if unknown:
            raise ApiError(f"{where}: {', '.join(sorted(unknown))} is not applied by API Gateway")
        waiting += _inside(one)
        name = one.get("$ref")
        if name is not None and name not in seen:
            seen.add(name)
            waiting.append(_referred(where, name, document))


def _inside(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = [schema[keyword] for keyword in _ONE if isinstance(schema.get(keyword), dict)]
    found += [inner for keyword in _LISTS for inner in schema.get(keyword, [])]
    return found + [inner for keyword in _MAPS for inner in schema.get(keyword, {}).values()]


def _referred(where: str, name: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
    schemas: Mapping[str, Any] = document.get("components", {}).get("schemas", {})
    found: Mapping[str, Any] | None = schemas.get(name.removeprefix(_REFERENCE))
    if not name.startswith(_REFERENCE) or found is None:
        raise ApiError(f"{where}: {name} is no schema of the document")
    return found


def problems(model: "Draft4Validator", body: Any) -> list[str]:
    """What is wrong with a body, one sentence a fault; empty when nothing is."""
    return list(dict.fromkeys(_sentences(model, body)))


def _sentences(model: "Draft4Validator", body: Any) -> Iterator[str]:
    for error in sorted(model.iter_errors(body), key=lambda error: [str(step) for step in error.absolute_path]):
        say = _WORDING.get(str(error.validator))
        yield say(error) if say else error.message


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _missing(error: "ValidationError") -> str:
    names = [name for name in error.validator_value if name not in error.instance]
    return f"object has missing required properties ({_json(sorted(names))})"


def _not_allowed(error: "ValidationError") -> str:
    names = sorted(error.instance.keys() - error.schema.get("properties", {}).keys())
    return f"object instance has properties which are not allowed by the schema: {_json(names)}"


def _type(error: "ValidationError") -> str:
    allowed = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    return (
        f"instance type ({_type_of(error.instance)}) does not match any allowed primitive type"
        f" (allowed: {_json(sorted(allowed))})"
    )


def _type_of(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")


_WORDING: Mapping[str, Callable[["ValidationError"], str]] = {
    "required": _missing,
    "additionalProperties": _not_allowed,
    "type": _type,
    "enum": lambda error: (
        f"instance value ({_json(error.instance)}) not found in enum (possible values: {_json(error.validator_value)})"
    ),
    "minLength": lambda error: (
        f"string {_json(error.instance)} is too short"
        f" (length: {len(error.instance)}, required minimum: {error.validator_value})"
    ),
    "maxLength": lambda error: (
        f"string {_json(error.instance)} is too long"
        f" (length: {len(error.instance)}, maximum allowed: {error.validator_value})"
    ),
    "pattern": lambda error: (
        f"ECMA 262 regex {_json(error.validator_value)} does not match input string {_json(error.instance)}"
    ),
    "minimum": lambda error: (
        "numeric instance is lower than the required minimum"
        f" (minimum: {error.validator_value}, found: {_json(error.instance)})"
    ),
    "maximum": lambda error: (
        "numeric instance is greater than the required maximum"
        f" (maximum: {error.validator_value}, found: {_json(error.instance)})"
    ),
}
