"""Calls a REQUEST authorizer, reads its answer, and keeps it for as long as the document says.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Protocol

from local.api.authorizers import Authorizer
from local.api.exchange import Exchange
from local.api.gateway_responses import RefusedError
from local.api.requests import Call
from local.clock import Clock
from local.lambda_runtime import FunctionFailedError

_UNAUTHORIZED = "Unauthorized"
_Key = tuple[str, ...]


class Functions(Protocol):
    """Invokes a function by ARN; raises FunctionFailedError."""

    async def invoke(self, function: str, payload: Any, *, trace_id: str | None = None) -> Any: ...


class Authorization:
    """Asks authorizers. An answer that is kept holds for every method: its policy is evaluated anew."""

    def __init__(self, functions: Functions, clock: Clock) -> None:
        self._functions = functions
        self._clock = clock
        self._kept: dict[_Key, tuple[float, Any]] = {}

    async def identity(self, authorizer: Authorizer, exchange: Exchange) -> dict[str, str]:
        """The authorizer's context with principalId; raises RefusedError."""
        sources = tuple(_source(exchange, place, name) for place, name in authorizer.sources)
        if not all(sources):
            raise RefusedError("UNAUTHORIZED", _UNAUTHORIZED)
        answer = await self._answer(authorizer, exchange, (authorizer.name, *sources))
        return _context(answer, exchange.call.method_arn)

    async def _answer(self, authorizer: Authorizer, exchange: Exchange, key: _Key) -> Any:
        until, answer = self._kept.get(key, (0.0, None))
        if self._clock.now() < until:
            return answer
        try:
            answer = await self._functions.invoke(authorizer.function_arn, _event(exchange))
        except FunctionFailedError as error:
            raise _refusal(error) from error
        if authorizer.ttl_s:
            now = self._clock.now()
            self._kept = {key: kept for key, kept in self._kept.items() if kept[0] > now}
            self._kept[key] = (now + authorizer.ttl_s, answer)
        return answer


def _source(exchange: Exchange, place: str, name: str) -> str:
    if place == "method.request.header":
        return exchange.call.header(name)
    if place == "method.request.querystring":
        return exchange.call.query.get(name, "")
    found: Any = exchange.variables()[place]
    for step in name.split("."):
        found = found.get(step, "") if isinstance(found, Mapping) else ""
    return str(found)


def _refusal(error: FunctionFailedError) -> RefusedError:
    """A handler that raises an error saying exactly "Unauthorized" means 401, anything else is its own failure."""
    if f'"errorMessage": "{_UNAUTHORIZED}"' in error.cause:
        return RefusedError("UNAUTHORIZED", _UNAUTHORIZED)
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


def _event(exchange: Exchange) -> dict[str, Any]:
    """The event of a REQUEST authorizer."""
    call: Call = exchange.call
    return {
        "type": "REQUEST",
        "methodArn": call.method_arn,
        "resource": call.resource,
        "path": call.path,
        "httpMethod": call.method,
        "headers": call.headers,
        "multiValueHeaders": {name: list(values) for name, values in call.all_headers.items()},
        "queryStringParameters": call.query,
        "multiValueQueryStringParameters": {name: list(values) for name, values in call.all_query.items()},
        "pathParameters": dict(call.path_parameters),
        "stageVariables": dict(exchange.stage_variables),
        "requestContext": call.context(),
    }
