"""Task: invoke a function."""

import asyncio
from dataclasses import dataclass
from typing import Final

from local.stepfunctions.environment import Environment
from local.stepfunctions.errors import TIMEOUT, FunctionError, StateError, StatesRuntimeError
from local.stepfunctions.execution import Visit
from local.stepfunctions.flow import DataFlow, data_flow
from local.stepfunctions.handling import ErrorHandling, error_handling
from local.stepfunctions.json_types import JSON, check_size, compact, type_name
from local.stepfunctions.resources import Resource, resource
from local.stepfunctions.source import Scalar, Source
from local.stepfunctions.states.common import RetriedState, next_state

MAX_SECONDS: Final = 99_999_999


@dataclass(frozen=True, slots=True)
class Task(RetriedState):
    """https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html

    HeartbeatSeconds has no effect beyond its validation: no resource of an Express workflow sends heartbeats.
    """

    resource: Resource
    timeout: Scalar | None
    heartbeat: Scalar | None
    flow: DataFlow
    handling: ErrorHandling
    next: str | None
    type = "Task"

    @classmethod
    def compile(cls, source: Source) -> "Task":
        """Compile a Task state; TimeoutSeconds is a positive number or an expression."""
        return cls(
            resource=resource(source),
            timeout=source.scalar("TimeoutSeconds", "number"),
            heartbeat=source.scalar("HeartbeatSeconds", "number"),
            flow=data_flow(source),
            handling=error_handling(source),
            next=next_state(source),
        )

    async def work(self, visit: Visit, environment: Environment, arguments: JSON) -> JSON:
        """The function's result; States.Timeout where it takes too long. The function is left to run on then."""
        execution = visit.execution
        seconds = None if self.timeout is None else _positive(self.timeout, environment)
        if self.heartbeat is not None:
            _positive(self.heartbeat, environment)
        call = execution.background.start(self.resource.call(execution.services, arguments))
        if not await call.ends(execution.clock, seconds):
            raise StateError(TIMEOUT, "")
        result = _result(call.task)
        check_size(result, self.resource.name)
        return result


def _positive(field: Scalar, environment: Environment) -> float:
    value = field(environment)
    if type_name(value) != "number" or not 0 < value <= MAX_SECONDS:
        raise StatesRuntimeError(f"{field.name} must be from 1 to {MAX_SECONDS}, but was {compact(value)}.")
    return float(value)


def _result(task: asyncio.Task[JSON]) -> JSON:
    if task.cancelled():
        raise StatesRuntimeError("The function call was cancelled.")
    try:
        return task.result()
    except FunctionError as error:
        raise StateError(error.error, error.cause) from error
