"""Succeed and Fail: the ends of a branch."""

from dataclasses import dataclass

from local.stepfunctions.environment import Template, evaluated
from local.stepfunctions.errors import StateError
from local.stepfunctions.execution import Outcome, Visit
from local.stepfunctions.flow import DataFlow, data_flow
from local.stepfunctions.source import Source


@dataclass(frozen=True, slots=True)
class Succeed:
    """https://docs.aws.amazon.com/step-functions/latest/dg/state-succeed.html"""

    flow: DataFlow
    type = "Succeed"

    @classmethod
    def compile(cls, source: Source) -> "Succeed":
        """Compile a Succeed state."""
        return cls(data_flow(source))

    async def run(self, visit: Visit) -> Outcome:
        """Output, or the input."""
        return Outcome(self.flow.pass_on(visit, self.flow.enter(visit)), None)


@dataclass(frozen=True, slots=True)
class Fail:
    """https://docs.aws.amazon.com/step-functions/latest/dg/state-fail.html"""

    error: Template | None
    cause: Template | None
    type = "Fail"

    @classmethod
    def compile(cls, source: Source) -> "Fail":
        """Compile a Fail state."""
        return cls(source.scalar("Error", "string", calls=True), source.scalar("Cause", "string", calls=True))

    async def run(self, visit: Visit) -> Outcome:
        """Raise the error; both its name and its cause may be absent."""
        environment = visit.environment(visit.input)
        raise StateError(evaluated(self.error, environment, None), evaluated(self.cause, environment, None))
