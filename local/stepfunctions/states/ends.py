"""Succeed and Fail: the ends of a branch."""

from dataclasses import dataclass

from local.stepfunctions.errors import StateError
from local.stepfunctions.execution import Outcome, Visit
from local.stepfunctions.flow import DataFlow
from local.stepfunctions.jsonata_query import Template
from local.stepfunctions.source import Source, evaluated


@dataclass(frozen=True, slots=True)
class Succeed:
    """https://docs.aws.amazon.com/step-functions/latest/dg/state-succeed.html"""

    flow: DataFlow
    type = "Succeed"

    @classmethod
    def compile(cls, source: Source) -> "Succeed":
        """Compile a Succeed state."""
        return cls(DataFlow.compile(source))

    async def run(self, visit: Visit) -> Outcome:
        """Output, or the input."""
        return Outcome(self.flow.finish(visit, visit.environment(), visit.input), None)


@dataclass(frozen=True, slots=True)
class Fail:
    """https://docs.aws.amazon.com/step-functions/latest/dg/state-fail.html"""

    error: Template | None
    cause: Template | None
    type = "Fail"

    @classmethod
    def compile(cls, source: Source) -> "Fail":
        """Compile a Fail state."""
        return cls(source.scalar("Error", "string"), source.scalar("Cause", "string"))

    async def run(self, visit: Visit) -> Outcome:
        """Raise the error; both its name and its cause may be absent."""
        environment = visit.environment()
        raise StateError(evaluated(self.error, environment, None), evaluated(self.cause, environment, None))
