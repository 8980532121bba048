"""Task: invoke a function."""

import asyncio
from dataclasses import dataclass
from typing import Final

from local.stepfunctions.errors import TIMEOUT, FunctionError, QueryError, StateError, StatesRuntimeError
from local.stepfunctions.execution import Visit
from local.stepfunctions.flow import DataFlow
from local.stepfunctions.handling import ErrorHandling, error_handling
from local.stepfunctions.json_types import JSON, check_size
from local.stepfunctions.jsonata_query import Template
from local.stepfunctions.resources import Resource, resource
from local.stepfunctions.source import Source
from local.stepfunctions.states.common import RetriedState, next_state

MAX_SECONDS: Final = 99_999_999


@dataclass(frozen=True, slots=True)
class Task(RetriedState):
    """https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html"""

    resource: Resource
    timeout: Template | None
    flow: DataFlow
    handling: ErrorHandling
    next: str | None
    type = "Task"

    @classmethod
    def compile(cls, source: Source) -> "Task":
        """Compile a Task state; TimeoutSeconds is a positive number or an expression."""
        timeout = source.scalar("TimeoutSeconds", "number")
        return cls(resource(source), timeout, DataFlow.compile(source), error_handling(source), next_state(source))

    async def work(self, visit: Visit, arguments: JSON) -> JSON:
        """The function's result; States.Timeout where it takes too long. The function is left to run on then."""
        execution = visit.execution
        seconds = None if self.timeout is None else self._seconds(self.timeout, visit)
        call = execution.background.start(self.resource.call(execution.invoke, arguments))
        if not await call.ends(execution.clock, seconds):
            raise StateError(TIMEOUT, "")
        result = _result(call.task)
        check_size(result, self.resource.name)
        return result

    @staticmethod
    def _seconds(timeout: Template, visit: Visit) -> float:
        seconds: float = timeout(visit.environment())
        if not 0 < seconds <= MAX_SECONDS:
            raise QueryError(f"TimeoutSeconds must be from 1 to {MAX_SECONDS}, but was {seconds}")
        return seconds


def _result(task: asyncio.Task[JSON]) -> JSON:
    if task.cancelled():
        raise StatesRuntimeError("The function call was cancelled.")
    try:
        return task.result()
    except FunctionError as error:
        raise StateError(error.error, error.cause) from error
