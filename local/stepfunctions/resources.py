"""What a Task may name as its Resource: a function, the Lambda integration, or a call of another service.

https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
"""

import json
import re
from dataclasses import dataclass
from typing import Final, Protocol

from local.stepfunctions import fields
from local.stepfunctions.errors import ResourceError, StatesRuntimeError
from local.stepfunctions.json_types import JSON
from local.stepfunctions.jsonata_query import is_expression
from local.stepfunctions.kinds import Kind
from local.stepfunctions.path_template import COMPUTED
from local.stepfunctions.services import Check, Services
from local.stepfunctions.source import Source

_FUNCTION: Final = re.compile(r"arn:aws[a-z-]*:lambda:[^:]*:[^:]*:function:[^:]+(:[^:]+)?")
_INTEGRATION: Final = re.compile(
    r"arn:aws[a-z-]*:states:[^:]*:[^:]*:(?P<name>(aws-sdk:)?[\w-]+:\w+)(?P<pattern>\.sync(:2)?|\.waitForTaskToken)?"
)
_LAMBDA_INVOKE: Final = "lambda:invoke"
_LAMBDA_ARGUMENTS: Final = frozenset({"FunctionName", "Payload"})
_CALLBACK: Final = ".waitForTaskToken"


class Resource(Protocol):
    """A compiled Resource."""

    @property
    def name(self) -> str:
        """The name that causes of errors use."""

    async def call(self, services: Services, arguments: JSON) -> JSON:
        """The result; raises FunctionError."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function's ARN: the arguments are its payload, its payload is the result."""

    arn: str
    name = "lambda"

    async def call(self, services: Services, arguments: JSON) -> JSON:
        """Invoke the function."""
        return await services.invoke(self.arn, arguments)


@dataclass(frozen=True, slots=True)
class LambdaInvoke:
    """The Lambda integration: Arguments name the function, the result holds its Payload."""

    name = "lambda"

    async def call(self, services: Services, arguments: JSON) -> JSON:
        """Invoke the function that FunctionName names."""
        if not isinstance(arguments, dict) or not isinstance(arguments.get("FunctionName"), str):
            raise StatesRuntimeError("The Lambda integration needs a FunctionName in its arguments.")
        if unknown := sorted(arguments.keys() - _LAMBDA_ARGUMENTS):
            raise StatesRuntimeError(f"The argument '{unknown[0]}' of the Lambda integration is not implemented here.")
        payload = await services.invoke(arguments["FunctionName"], _event(arguments.get("Payload")))
        return {"ExecutedVersion": "$LATEST", "Payload": payload, "StatusCode": 200}


def _event(payload: JSON) -> JSON:
    """The event of a function: none is an empty object, and text is read as JSON where it is JSON."""
    if payload is None:
        return {}
    if not isinstance(payload, str):
        return payload
    try:
        return json.loads(payload)
    except ValueError:
        return payload


@dataclass(frozen=True, slots=True)
class ServiceCall:
    """An AWS SDK or an optimised integration: the arguments are the request, the result is the response."""

    name: str

    async def call(self, services: Services, arguments: JSON) -> JSON:
        """Call the service."""
        if services.call is None:
            raise StatesRuntimeError(f"Nothing serves {self.name} in this execution.")
        return await services.call(self.name, arguments)


@dataclass(frozen=True, slots=True)
class Resources:
    """Compiles the Resource of Tasks, as a kind of workflow and the services at hand allow."""

    kind: Kind
    check: Check | None

    def compile(self, source: Source) -> tuple[Resource, bool]:
        """The resource, and whether its task waits for a token."""
        text = source.text("Resource")
        if _FUNCTION.fullmatch(text):
            return Function(text), False
        found = _INTEGRATION.fullmatch(text)
        if found is None:
            raise source.refused("Resource", f"'{text}' is not implemented")
        name, waits = found["name"], self._waits(source, found["pattern"])
        if name == _LAMBDA_INVOKE:
            _check_lambda_arguments(source)
            return LambdaInvoke(), waits
        self._check(source, name, waits)
        return ServiceCall(name), waits

    def _waits(self, source: Source, pattern: str | None) -> bool:
        if pattern is None:
            return False
        if not self.kind.waits_for_tokens:
            raise source.refused("Resource", f"an {self.kind.name} workflow does not support '{pattern}'")
        if pattern != _CALLBACK:
            raise source.refused("Resource", f"'{pattern}' is not implemented")
        return True

    def _check(self, source: Source, name: str, waits: bool) -> None:
        if self.check is None:
            return
        field, arguments = _arguments(source)
        try:
            self.check(name, arguments, waits)
        except ResourceError as error:
            place = "Resource" if error.parameter is None else f"{field}/{error.parameter}".rstrip("/")
            raise source.refused(place, error.problem) from error


def _arguments(source: Source) -> tuple[str, JSON]:
    """The field that holds a Task's arguments, and what the definition says of them."""
    field = "Arguments" if source.language == fields.JSONATA else "Parameters"
    return field, _written(source.value(field)) if field in source else ...


def _check_lambda_arguments(source: Source) -> None:
    field, arguments = _arguments(source)
    for name in arguments if isinstance(arguments, dict) else ():
        if name not in _LAMBDA_ARGUMENTS:
            raise source.refused(f"{field}/{name}", "the argument is not implemented here")


def _written(value: JSON) -> JSON:
    """Arguments as far as the definition says them, with `...` for what is computed."""
    if is_expression(value):
        return ...
    if isinstance(value, dict):
        return {
            key.removesuffix(COMPUTED): ... if key.endswith(COMPUTED) else _written(item) for key, item in value.items()
        }
    return [_written(item) for item in value] if isinstance(value, list) else value
