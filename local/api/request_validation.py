"""Basic request validation: required parameters, and bodies by JSON schema draft 4.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local.api.errors import ApiError
from local.api.fields import VALIDATOR, VALIDATORS, only
from local.api.gateway_responses import RefusedError
from local.api.requests import Call
from local.api.schemas import only_known_keywords, problems

if TYPE_CHECKING:
    from jsonschema import Draft4Validator

_PLACES = {"path": "path", "query": "querystring", "header": "header"}
_ANY_TYPE = "$default"
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class RequestCheck:
    """What a request needs before its integration is called: parameters (place, name), a model by content type."""

    parameters: tuple[tuple[str, str], ...] = ()
    models: Mapping[str, "Draft4Validator"] = field(default_factory=dict)

    def apply(self, call: Call) -> None:
        """Raise RefusedError for the first kind of fault."""
        given = call.parameters()
        missing = [name for place, name in self.parameters if not _value(given[place], place, name).strip()]
        if missing:
            text = f"Missing required request parameters: [{', '.join(missing)}]"
            raise RefusedError("BAD_REQUEST_PARAMETERS", text, validation=text)
        model = self.models.get(call.content_type, self.models.get(_ANY_TYPE))
        if model is not None:
            self._apply_model(model, call.body)

    def _apply_model(self, model: "Draft4Validator", text: str) -> None:
        try:
            body = json.loads(text)
        except ValueError as error:
            raise RefusedError("BAD_REQUEST_BODY", "Invalid request body", validation=f"[{error}]") from error
        found = problems(model, body)
        if found:
            raise RefusedError("BAD_REQUEST_BODY", "Invalid request body", validation=f"[{', '.join(found)}]")


def request_check(where: str, document: Mapping[str, Any], operation: Mapping[str, Any]) -> RequestCheck:
    """What the method's validator asks for; raises ApiError for what is not implemented."""
    wanted = _validator(where, document, operation)
    parameters = _parameters(where, operation) if wanted.get("validateRequestParameters") else ()
    models = _models(where, document, operation) if wanted.get("validateRequestBody") else {}
    return RequestCheck(parameters, models)


def _validator(where: str, document: Mapping[str, Any], operation: Mapping[str, Any]) -> Mapping[str, Any]:
    name = operation.get(VALIDATOR, document.get(VALIDATOR))
    if name is None:
        return _NOTHING
    validators = document.get(VALIDATORS, {})
    if name not in validators:
        raise ApiError(f"{where}: there is no request validator {name!r}")
    found: Mapping[str, Any] = validators[name]
    only(f"request validator {name}", found, {"validateRequestBody", "validateRequestParameters"})
    return found


def _parameters(where: str, operation: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    found = [given for given in operation.get("parameters", []) if given.get("required")]
    unknown = [str(given) for given in found if given.get("in") not in _PLACES or "name" not in given]
    if unknown:
        raise ApiError(f"{where}: parameter {unknown[0]} is not implemented here")
    return tuple((_PLACES[given["in"]], given["name"]) for given in found)


def _models(where: str, document: Mapping[str, Any], operation: Mapping[str, Any]) -> "dict[str, Draft4Validator]":
    content = operation.get("requestBody", {}).get("content", {})
    return {kind: _model(f"{where}, {kind}", document, given["schema"]) for kind, given in content.items()}


def _model(where: str, document: Mapping[str, Any], schema: Mapping[str, Any]) -> "Draft4Validator":
    # Only a document with models pays for loading it.
    from jsonschema import Draft4Validator
    from jsonschema.exceptions import SchemaError

    only_known_keywords(where, schema, document)
    try:
        Draft4Validator.check_schema(schema)
    except SchemaError as error:
        raise ApiError(f"{where}: {error.message}") from error
    # References of the schema point into the document.
    return Draft4Validator({**schema, "components": document.get("components", {})})


def _value(given: Mapping[str, str], place: str, name: str) -> str:
    if place == "header":
        given = {key.lower(): value for key, value in given.items()}
        name = name.lower()
    return given.get(name, "")
