"""Wait: for so many seconds, or until a time."""

from dataclasses import dataclass
from typing import Final

from local.clock import sleep
from local.stepfunctions.comparisons import moment
from local.stepfunctions.environment import Environment
from local.stepfunctions.execution import Outcome, Visit
from local.stepfunctions.flow import DataFlow, data_flow
from local.stepfunctions.source import Scalar, Source
from local.stepfunctions.states.common import next_state
from local.stepfunctions.whole_numbers import is_whole

MAX_SECONDS: Final = 99_999_999


@dataclass(frozen=True, slots=True)
class Wait:
    """https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html"""

    seconds: Scalar | None
    until: Scalar | None
    flow: DataFlow
    next: str | None
    type = "Wait"

    @classmethod
    def compile(cls, source: Source) -> "Wait":
        """Compile a Wait state: Seconds or Timestamp."""
        seconds, until = source.scalar("Seconds", "number"), source.scalar("Timestamp", "string")
        if (seconds is None) == (until is None):
            raise source.refused("Seconds", "expected either Seconds or Timestamp")
        if seconds is not None and isinstance(seconds.text, int | float) and not _fits(seconds.text):
            raise source.refused("Seconds", f"expected a whole number from 0 to {MAX_SECONDS}")
        return cls(seconds, until, data_flow(source), next_state(source))

    async def run(self, visit: Visit) -> Outcome:
        """Wait; a time that is over is not waited for."""
        environment = self.flow.enter(visit)
        await sleep(visit.execution.clock, self._duration(environment, visit.execution.clock.now()))
        return Outcome(self.flow.pass_on(visit, environment), self.next)

    def _duration(self, environment: Environment, now: float) -> float:
        if self.seconds is not None:
            return _whole_seconds(self.seconds, environment)
        assert self.until is not None
        return _time(self.until, environment) - now


def _fits(value: float) -> bool:
    return is_whole(value) and 0 <= value <= MAX_SECONDS


def _whole_seconds(field: Scalar, environment: Environment) -> float:
    value = field(environment)
    where, what = f"The {field.name} parameter", f"{field.text} == {value}"
    if not is_whole(value):
        raise field.failure(f"{where} cannot be parsed as a long value: {what}")
    if value < 0:
        raise field.failure(f"{where} references a negative value: {what}")
    if not _fits(value):
        raise field.failure(f"{where} references a value above {MAX_SECONDS}: {what}")
    return float(value)


def _time(field: Scalar, environment: Environment) -> float:
    value = field(environment)
    seconds = moment(value)
    if seconds is None:
        raise field.failure(f"The {field.name} parameter is not a valid ISO-8601 time: {field.text} == {value}")
    return seconds
