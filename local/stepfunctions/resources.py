"""What a Task may name as its Resource.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
"""

import re
from dataclasses import dataclass
from typing import Final, Protocol

from local.stepfunctions.errors import StatesRuntimeError
from local.stepfunctions.execution import Invoke
from local.stepfunctions.json_types import JSON
from local.stepfunctions.source import Source

_FUNCTION: Final = re.compile(r"arn:aws[a-z-]*:lambda:[^:]*:[^:]*:function:[^:]+(:[^:]+)?")
_LAMBDA_INVOKE: Final = re.compile(r"arn:aws[a-z-]*:states:[^:]*:[^:]*:lambda:invoke")


class Resource(Protocol):
    """A compiled Resource."""

    @property
    def name(self) -> str:
        """The name that causes of errors use."""

    async def call(self, invoke: Invoke, arguments: JSON) -> JSON:
        """The result; raises FunctionError."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function's ARN: the arguments are its payload, its payload is the result."""

    arn: str
    name = "lambda"

    async def call(self, invoke: Invoke, arguments: JSON) -> JSON:
        """Invoke the function."""
        return await invoke(self.arn, arguments)


@dataclass(frozen=True, slots=True)
class LambdaInvoke:
    """The Lambda integration: Arguments name the function, the result holds its Payload."""

    name = "lambda"

    async def call(self, invoke: Invoke, arguments: JSON) -> JSON:
        """Invoke the function that FunctionName names."""
        if not isinstance(arguments, dict) or not isinstance(arguments.get("FunctionName"), str):
            raise StatesRuntimeError("The Lambda integration needs a FunctionName in its arguments.")
        payload = await invoke(arguments["FunctionName"], arguments.get("Payload", {}))
        return {"ExecutedVersion": "$LATEST", "Payload": payload, "StatusCode": 200}


def resource(source: Source) -> Resource:
    """Compile the Resource of a Task."""
    text = source.text("Resource")
    if _FUNCTION.fullmatch(text):
        return Function(text)
    if _LAMBDA_INVOKE.fullmatch(text):
        return LambdaInvoke()
    raise source.refused("Resource", f"'{text}' is not implemented")
