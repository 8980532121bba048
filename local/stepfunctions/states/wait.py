"""Wait: for so many seconds, or until a time."""

from dataclasses import dataclass
from datetime import datetime

from local.stepfunctions.clock import sleep
from local.stepfunctions.errors import QueryError, StatesRuntimeError
from local.stepfunctions.execution import Outcome, Visit
from local.stepfunctions.flow import DataFlow
from local.stepfunctions.json_types import JSON
from local.stepfunctions.jsonata_query import Template
from local.stepfunctions.source import Source
from local.stepfunctions.states.common import next_state

MAX_SECONDS = 99_999_999


@dataclass(frozen=True, slots=True)
class Wait:
    """https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html"""

    seconds: Template | None
    until: Template | None
    flow: DataFlow
    next: str | None
    type = "Wait"

    @classmethod
    def compile(cls, source: Source) -> "Wait":
        """Compile a Wait state: Seconds or Timestamp."""
        seconds, until = source.scalar("Seconds", "number"), source.scalar("Timestamp", "string")
        if (seconds is None) == (until is None):
            raise source.refused("Seconds", "expected either Seconds or Timestamp")
        return cls(seconds, until, DataFlow.compile(source), next_state(source))

    async def run(self, visit: Visit) -> Outcome:
        """Wait; a time that is over is not waited for."""
        await sleep(visit.execution.clock, self._duration(visit))
        return Outcome(self.flow.finish(visit, visit.environment(), visit.input), self.next)

    def _duration(self, visit: Visit) -> float:
        environment = visit.environment()
        if self.seconds is not None:
            return _whole_seconds(self.seconds(environment))
        assert self.until is not None
        return _moment(self.until(environment)) - visit.execution.clock.now()


def _whole_seconds(value: JSON) -> float:
    if value != int(value) or not 0 <= value <= MAX_SECONDS:
        raise QueryError(f"Seconds must be a whole number from 0 to {MAX_SECONDS}, but was {value}")
    return float(value)


def _moment(text: str) -> float:
    """ISO 8601 with a zone as epoch seconds."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise StatesRuntimeError(f"The Timestamp is not a valid ISO-8601 time: {text}") from error
    if moment.tzinfo is None:
        raise StatesRuntimeError(f"The Timestamp names no time zone: {text}")
    return moment.timestamp()
