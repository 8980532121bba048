"""Pass: shape data, set variables."""

from dataclasses import dataclass

from local.stepfunctions.execution import Outcome, Visit
from local.stepfunctions.flow import DataFlow
from local.stepfunctions.source import Source
from local.stepfunctions.states.common import next_state


@dataclass(frozen=True, slots=True)
class Pass:
    """https://docs.aws.amazon.com/step-functions/latest/dg/state-pass.html"""

    flow: DataFlow
    next: str | None
    type = "Pass"

    @classmethod
    def compile(cls, source: Source) -> "Pass":
        """Compile a Pass state."""
        return cls(DataFlow.compile(source), next_state(source))

    async def run(self, visit: Visit) -> Outcome:
        """Output, or the input."""
        return Outcome(self.flow.finish(visit, visit.environment(), visit.input), self.next)
