"""What of a document is known here. The rest is refused at load: ignored, it would answer otherwise when deployed."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from local.api.errors import ApiError

EXTENSION = "x-amazon-apigateway-"
INTEGRATION = f"{EXTENSION}integration"
AUTHORIZER = f"{EXTENSION}authorizer"
ANY_METHOD = f"{EXTENSION}any-method"
GATEWAY_RESPONSES = f"{EXTENSION}gateway-responses"
VALIDATORS = f"{EXTENSION}request-validators"
VALIDATOR = f"{EXTENSION}request-validator"
_KNOWN = frozenset(
    {INTEGRATION, AUTHORIZER, f"{EXTENSION}authtype", ANY_METHOD, GATEWAY_RESPONSES, VALIDATORS, VALIDATOR}
)


def only(where: str, given: Mapping[str, Any], known: Collection[str]) -> None:
    """Raise ApiError for a field that is none of these."""
    unknown = [name for name in given if name not in known]
    if unknown:
        raise ApiError(f"{where}: {', '.join(unknown)} is not implemented here")


def only_known_extensions(document: Mapping[str, Any]) -> None:
    """Raise ApiError for an extension of API Gateway that nothing here reads, wherever it stands."""
    for place, name in _extensions(document, ""):
        if name not in _KNOWN:
            raise ApiError(f"{place or 'the document'}: {name} is not implemented here")


def _extensions(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if str(name).startswith(EXTENSION):
                yield place, name
            yield from _extensions(inner, f"{place}/{name}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _extensions(inner, f"{place}/{index}")


def literals(where: str, parameters: Mapping[str, Any], prefix: str) -> dict[str, str]:
    """Header values by header name; only literals are implemented, which stand in single quotes."""
    found = {}
    for name, value in parameters.items():
        text = str(value)
        quoted = len(text) > 1 and text[0] == text[-1] == "'"
        if not name.startswith(prefix) or not quoted:
            raise ApiError(f"{where}: {name}: {text} is not implemented here, only headers of a literal value")
        found[name.removeprefix(prefix)] = text[1:-1]
    return found


def only_json(where: str, templates: Mapping[str, str]) -> str | None:
    """The template of an answer, which is JSON here."""
    only(f"{where}, templates", templates, {"application/json"})
    return templates.get("application/json")
