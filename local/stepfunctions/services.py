"""What an execution can reach outside of itself."""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass

from local.stepfunctions.json_types import JSON

Invoke = Callable[[str, JSON], Awaitable[JSON]]
"""Invoke a function, by the ARN or name that the definition gives, with a payload; raises FunctionError."""

Call = Callable[[str, JSON], Awaitable[JSON]]
"""Call a service: "dynamodb:putItem" or "aws-sdk:dynamodb:putItem", as the Resource spells it, and the arguments.

Raises FunctionError with the error name that the integration reports.
"""

Check = Callable[[str, JSON, bool], None]
"""Look at a call when the definition is loaded; raises ResourceError for one that could never be made.

Gets the name as `Call` does, the arguments as they are written with `...` for all that is computed, and whether the
task waits for a token.
"""


@dataclass(frozen=True, slots=True)
class Caller:
    """The execution that calls a service."""

    execution_arn: str
    machine_arn: str


current_caller: ContextVar[Caller] = ContextVar("current_caller")
"""Set while an execution runs, for a `call` that tells the service who calls."""


@dataclass(frozen=True, slots=True)
class Services:
    """The functions, and the other services where there are any."""

    invoke: Invoke
    call: Call | None
