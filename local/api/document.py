"""An OpenAPI 3.0 document with API Gateway's extensions, as operations."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.api.authorizers import Authorizer, authorizers, required
from local.api.errors import ApiError
from local.api.fields import ANY_METHOD, INTEGRATION, only_known_extensions
from local.api.integrations import Integration, integration
from local.api.request_validation import RequestCheck, request_check

ANY = "*"
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
_DESCRIPTIVE = ("summary", "description")


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    path: str
    method: str
    integration: Integration
    authorizer: Authorizer | None
    check: RequestCheck


@dataclass(frozen=True)
class Resource:
    """One path and its operations by method."""

    path: str
    operations: Mapping[str, Operation]
    pattern: re.Pattern[str] = field(repr=False)

    def operation(self, method: str) -> Operation | None:
        """A method of its own wins over ANY."""
        return self.operations.get(method) or self.operations.get(ANY)


def resources(document: Mapping[str, Any]) -> list[Resource]:
    """Every path, the most specific first; raises ApiError for what the local front does not implement."""
    if not str(document.get("openapi", "")).startswith("3.0"):
        raise ApiError("the document is not OpenAPI 3.0")
    only_known_extensions(document)
    known = authorizers(document)
    found = [_resource(document, path, methods, known) for path, methods in document.get("paths", {}).items()]
    return sorted(found, key=lambda resource: [_vagueness(part) for part in resource.path.split("/")])


def match(found: Iterable[Resource], path: str) -> tuple[Resource, dict[str, str]] | None:
    """The most specific resource of a path, and its path parameters."""
    for resource in found:
        matched = resource.pattern.fullmatch(path)
        if matched:
            return resource, matched.groupdict()
    return None


def _resource(
    document: Mapping[str, Any], path: str, methods: Mapping[str, Any], known: Mapping[str, Authorizer]
) -> Resource:
    operations = {}
    for method, given in methods.items():
        if method in _DESCRIPTIVE:
            continue
        if method not in (*_METHODS, ANY_METHOD):
            raise ApiError(f"{path}: {method} is not implemented here")
        name = ANY if method == ANY_METHOD else method.upper()
        operations[name] = _operation(document, path, name, given, known)
    return Resource(path, operations, _pattern(path))


def _operation(
    document: Mapping[str, Any], path: str, method: str, given: Mapping[str, Any], known: Mapping[str, Authorizer]
) -> Operation:
    where = f"{method} {path}"
    if INTEGRATION not in given:
        raise ApiError(f"{where} has no {INTEGRATION}")
    return Operation(
        path=path,
        method=method,
        integration=integration(where, given[INTEGRATION]),
        authorizer=required(where, given.get("security", document.get("security", [])), known),
        check=request_check(where, document, given),
    )


def _vagueness(part: str) -> int:
    """API Gateway looks for the path's own words first, then for {parameter}, then for {proxy+}."""
    return part.startswith("{") + part.endswith("+}")


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{([^}]+)\}", path)
    expression = "".join(
        f"(?P<{part.rstrip('+')}>{'.+' if part.endswith('+') else '[^/]+'})" if index % 2 else re.escape(part)
        for index, part in enumerate(parts)
    )
    return re.compile(expression)
