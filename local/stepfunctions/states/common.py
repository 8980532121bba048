"""What several state types share."""

from abc import ABC, abstractmethod

from local.clock import sleep
from local.stepfunctions.environment import Environment
from local.stepfunctions.errors import StateError
from local.stepfunctions.execution import Outcome, Visit
from local.stepfunctions.flow import DataFlow
from local.stepfunctions.handling import ErrorHandling, Retrier
from local.stepfunctions.json_types import JSON
from local.stepfunctions.record import Attempt
from local.stepfunctions.source import Source


def next_state(source: Source) -> str | None:
    """Next, or None where End is true; exactly one of them."""
    if ("Next" in source) == ("End" in source):
        raise source.refused("Next", "expected either Next or End")
    if "Next" in source:
        return source.text("Next")
    if source.value("End") is not True:
        raise source.refused("End", "expected true")
    return None


class RetriedState(ABC):
    """A state whose work may be retried and whose errors may be caught."""

    __slots__ = ()

    flow: DataFlow
    handling: ErrorHandling
    next: str | None

    @abstractmethod
    async def work(self, visit: Visit, environment: Environment, arguments: JSON) -> JSON:
        """Do the work once; raises StateError."""

    async def run(self, visit: Visit) -> Outcome:
        """Work until it succeeds, no retry is left, or the execution ends."""
        attempts: dict[Retrier, int] = {}
        while True:
            attempt = visit.attempt()
            try:
                return await self._attempt(visit, attempt)
            except StateError as failure:
                error = visit.located(failure)
                delay = self.handling.retry_delay(error, attempts, visit.execution.jitter)
                attempt.ended = visit.execution.milliseconds()
                attempt.error, attempt.cause, attempt.backoff = error.error, error.cause, delay
                if delay is None:
                    return self._caught(visit, error)
            visit.record.retries += 1
            await sleep(visit.execution.clock, delay)

    async def _attempt(self, visit: Visit, attempt: Attempt) -> Outcome:
        environment = self.flow.enter(visit)
        attempt.arguments = self.flow.arguments(visit, environment)
        attempt.result = await self.work(visit, environment, attempt.arguments)
        attempt.ended = visit.execution.milliseconds()
        return Outcome(self.flow.finish(visit, environment, attempt.result), self.next)

    def _caught(self, visit: Visit, error: StateError) -> Outcome:
        catcher = self.handling.catcher(error)
        if catcher is None:
            raise error
        visit.record.error, visit.record.cause = error.error, error.cause
        return catcher.outcome(visit, error)
