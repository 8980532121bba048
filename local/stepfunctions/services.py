"""What an execution can reach outside of itself."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from local.stepfunctions.json_types import JSON

Invoke = Callable[[str, JSON], Awaitable[JSON]]
"""Invoke a function, by the ARN or name that the definition gives, with a payload; raises FunctionError."""

Call = Callable[[str, JSON], Awaitable[JSON]]
"""Call a service: "dynamodb:putItem" or "aws-sdk:dynamodb:putItem", as the Resource spells it, and the arguments.

Raises FunctionError with the error name that the integration reports.
"""


@dataclass(frozen=True, slots=True)
class Services:
    """The functions, and the other services where there are any."""

    invoke: Invoke
    call: Call | None
