"""Calls a REQUEST authorizer and reads its answer."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Protocol

from local.api.document import Authorizer
from local.api.gateway_responses import RefusedError
from local.api.requests import Call
from local.lambda_runtime import FunctionFailedError

_UNAUTHORIZED = "Unauthorized"


class Functions(Protocol):
    """Invokes a function by ARN; raises FunctionFailedError."""

    async def invoke(self, function: str, payload: Any, *, trace_id: str | None = None) -> Any: ...


async def authorize(authorizer: Authorizer, call: Call, functions: Functions) -> dict[str, str]:
    """The authorizer's context with principalId; raises RefusedError."""
    headers = {name.lower() for name in call.headers}
    if any(name.lower() not in headers for name in authorizer.identity_headers):
        raise RefusedError("UNAUTHORIZED", "Unauthorized")
    try:
        answer = await functions.invoke(authorizer.function_arn, _event(call))
    except FunctionFailedError as error:
        raise _refusal(error) from error
    return _context(answer, call.method_arn)


def _refusal(error: FunctionFailedError) -> RefusedError:
    """A handler that raises an error saying exactly "Unauthorized" means 401, anything else is its own failure."""
    if f'"errorMessage": "{_UNAUTHORIZED}"' in error.cause:
        return RefusedError("UNAUTHORIZED", "Unauthorized")
    return RefusedError("AUTHORIZER_FAILURE", "Internal server error")


def _context(answer: Any, method_arn: str) -> dict[str, str]:
    if not isinstance(answer, dict) or not answer.get("principalId") or "policyDocument" not in answer:
        raise RefusedError("AUTHORIZER_CONFIGURATION_ERROR", "Internal server error")
    if not _allows(answer["policyDocument"], method_arn):
        raise RefusedError("ACCESS_DENIED", "User is not authorized to access this resource")
    context = answer.get("context") or {}
    if any(isinstance(value, dict | list) for value in context.values()):
        raise RefusedError("AUTHORIZER_CONFIGURATION_ERROR", "Internal server error")
    return {"principalId": str(answer["principalId"]), **{key: _text(value) for key, value in context.items()}}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _allows(policy: Mapping[str, Any], method_arn: str) -> bool:
    """IAM's rule: a Deny that matches wins, else an Allow must match."""
    statements = policy.get("Statement", [])
    effects = {
        statement.get("Effect")
        for statement in (statements if isinstance(statements, list) else [statements])
        if any(fnmatchcase("execute-api:Invoke", action) for action in _list(statement.get("Action")))
        and any(fnmatchcase(method_arn, resource) for resource in _list(statement.get("Resource")))
    }
    return "Allow" in effects and "Deny" not in effects


def _list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [str(value)]


def _event(call: Call) -> dict[str, Any]:
    """The event of a REQUEST authorizer."""
    return {
        "type": "REQUEST",
        "methodArn": call.method_arn,
        "resource": call.resource,
        "path": call.path,
        "httpMethod": call.method,
        "headers": dict(call.headers),
        "multiValueHeaders": {name: [value] for name, value in call.headers.items()},
        "queryStringParameters": dict(call.query),
        "multiValueQueryStringParameters": {name: [value] for name, value in call.query.items()},
        "pathParameters": dict(call.path_parameters),
        "stageVariables": {},
        "requestContext": call.context(),
    }
