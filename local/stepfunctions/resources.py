"""What a Task may name as its Resource: a function, the Lambda integration, or a call of another service.

https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
"""

import json
import re
from dataclasses import dataclass
from typing import Final, Protocol

from local.stepfunctions.errors import StatesRuntimeError
from local.stepfunctions.json_types import JSON
from local.stepfunctions.services import Services
from local.stepfunctions.source import Source

_FUNCTION: Final = re.compile(r"arn:aws[a-z-]*:lambda:[^:]*:[^:]*:function:[^:]+(:[^:]+)?")
_LAMBDA_INVOKE: Final = re.compile(r"arn:aws[a-z-]*:states:[^:]*:[^:]*:lambda:invoke")
_SERVICE: Final = re.compile(r"arn:aws[a-z-]*:states:[^:]*:[^:]*:(?P<name>(aws-sdk:)?[\w-]+:\w+)")


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


def resource(source: Source) -> Resource:
    """Compile the Resource of a Task; `.sync` and `.waitForTaskToken` do not exist in Express workflows."""
    text = source.text("Resource")
    if _FUNCTION.fullmatch(text):
        return Function(text)
    if _LAMBDA_INVOKE.fullmatch(text):
        return LambdaInvoke()
    if found := _SERVICE.fullmatch(text):
        return ServiceCall(found["name"])
    raise source.refused("Resource", f"'{text}' is not implemented")
