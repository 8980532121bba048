"""Task: call a function or a service, and where it is to, wait until its token is returned."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Final

from local.stepfunctions.environment import Environment
from local.stepfunctions.errors import TIMEOUT, FunctionError, StateError, StatesRuntimeError
from local.stepfunctions.execution import Outcome, Visit
from local.stepfunctions.flow import DataFlow, data_flow
from local.stepfunctions.handling import ErrorHandling, error_handling
from local.stepfunctions.history import TASK_EVENTS, TOKEN_EVENTS
from local.stepfunctions.json_types import JSON, check_size
from local.stepfunctions.record import Attempt
from local.stepfunctions.resources import Resource, Resources
from local.stepfunctions.source import Source
from local.stepfunctions.states.common import RetriedState, next_state
from local.stepfunctions.tokens import WaitingTask
from local.stepfunctions.whole_numbers import WholeNumber
from local.stepfunctions.work import Work

MAX_SECONDS: Final = 99_999_999


@dataclass(frozen=True, slots=True)
class Task(RetriedState):
    """https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html

    HeartbeatSeconds has no effect on a Task that waits for no token: nobody can send it a heartbeat.
    """

    resource: Resource
    timeout: WholeNumber | None
    heartbeat: WholeNumber | None
    flow: DataFlow
    handling: ErrorHandling
    next: str | None
    type = "Task"

    @classmethod
    def compile(cls, source: Source, resources: Resources) -> "Task":
        """Compile a Task state."""
        resource, waits = resources.compile(source)
        task_type = TokenTask if waits else Task
        return task_type(
            resource=resource,
            timeout=WholeNumber.compile(source, "TimeoutSeconds", least=1, most=MAX_SECONDS),
            heartbeat=_heartbeat(source),
            flow=data_flow(source),
            handling=error_handling(source),
            next=next_state(source),
        )

    async def work(self, visit: Visit, environment: Environment, arguments: JSON) -> JSON:
        """The function's result; States.Timeout where it takes too long. The function is left to run on then."""
        timeout, _ = self.limits(environment)
        visit.branch.history.add(TASK_EVENTS)
        call = self.start(visit, arguments)
        if not await call.ends(visit.execution.clock, timeout):
            raise StateError(TIMEOUT, "")
        result = _result(call.task)
        check_size(result, self.resource.name)
        return result

    def limits(self, environment: Environment) -> tuple[int | None, int | None]:
        """TimeoutSeconds and HeartbeatSeconds."""
        return (
            None if self.timeout is None else self.timeout(environment),
            None if self.heartbeat is None else self.heartbeat(environment),
        )

    def start(self, visit: Visit, arguments: JSON) -> Work[JSON]:
        """Call the resource."""
        return visit.execution.background.start(partial(self.resource.call, visit.execution.services, arguments))


class TokenTask(Task):
    """A Task whose result is what its token is returned with; what the resource answers is dropped."""

    __slots__ = ()

    async def _attempt(self, visit: Visit, attempt: Attempt) -> Outcome:
        with visit.execution.tokens.issued(visit.execution.clock) as visit.waiting:
            return await super()._attempt(visit, attempt)

    async def work(self, visit: Visit, environment: Environment, arguments: JSON) -> JSON:
        """The output that the token is returned with; a call that fails fails the state."""
        waiting = visit.waiting
        assert waiting is not None
        timeout, heartbeat = self.limits(environment)
        visit.branch.history.add(TASK_EVENTS + TOKEN_EVENTS)
        self.start(visit, arguments).task.add_done_callback(partial(_report_failure, waiting))
        result = await waiting.result(timeout, heartbeat)
        check_size(result, self.resource.name)
        return result


def _heartbeat(source: Source) -> WholeNumber | None:
    heartbeat = WholeNumber.compile(source, "HeartbeatSeconds", least=1, most=MAX_SECONDS)
    seconds, timeout = source.value("HeartbeatSeconds"), source.value("TimeoutSeconds")
    if isinstance(seconds, int | float) and isinstance(timeout, int | float) and seconds >= timeout:
        raise source.refused("HeartbeatSeconds", "must be smaller than TimeoutSeconds")
    return heartbeat


def _report_failure(waiting: WaitingTask, call: asyncio.Task[JSON]) -> None:
    try:
        _result(call)
    except Exception as error:
        waiting.fail(error)


def _result(task: asyncio.Task[JSON]) -> JSON:
    if task.cancelled():
        raise StatesRuntimeError("The function call was cancelled.")
    try:
        return task.result()
    except FunctionError as error:
        raise StateError(error.error, error.cause) from error
