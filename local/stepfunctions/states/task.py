"""Task: invoke a function."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Final

from local.stepfunctions.environment import Environment
from local.stepfunctions.errors import TIMEOUT, FunctionError, StateError, StatesRuntimeError
from local.stepfunctions.execution import Visit
from local.stepfunctions.flow import DataFlow, data_flow
from local.stepfunctions.handling import ErrorHandling, error_handling
from local.stepfunctions.json_types import JSON, check_size
from local.stepfunctions.resources import Resource, resource
from local.stepfunctions.source import Source
from local.stepfunctions.states.common import RetriedState, next_state
from local.stepfunctions.whole_numbers import WholeNumber

MAX_SECONDS: Final = 99_999_999


@dataclass(frozen=True, slots=True)
class Task(RetriedState):
    """https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html

    HeartbeatSeconds has no effect beyond its validation: no resource of an Express workflow sends heartbeats.
    """

    resource: Resource
    timeout: WholeNumber | None
    heartbeat: WholeNumber | None
    flow: DataFlow
    handling: ErrorHandling
    next: str | None
    type = "Task"

    @classmethod
    def compile(cls, source: Source) -> "Task":
        """Compile a Task state."""
        return cls(
            resource=resource(source),
            timeout=WholeNumber.compile(source, "TimeoutSeconds", least=1, most=MAX_SECONDS),
            heartbeat=WholeNumber.compile(source, "HeartbeatSeconds", least=1, most=MAX_SECONDS),
            flow=data_flow(source),
            handling=error_handling(source),
            next=next_state(source),
        )

    async def work(self, visit: Visit, environment: Environment, arguments: JSON) -> JSON:
        """The function's result; States.Timeout where it takes too long. The function is left to run on then."""
        execution = visit.execution
        seconds = None if self.timeout is None else self.timeout(environment)
        if self.heartbeat is not None:
            self.heartbeat(environment)
        call = execution.background.start(partial(self.resource.call, execution.services, arguments))
        if not await call.ends(execution.clock, seconds):
            raise StateError(TIMEOUT, "")
        result = _result(call.task)
        check_size(result, self.resource.name)
        return result


def _result(task: asyncio.Task[JSON]) -> JSON:
    if task.cancelled():
        raise StatesRuntimeError("The function call was cancelled.")
    try:
        return task.result()
    except FunctionError as error:
        raise StateError(error.error, error.cause) from error
