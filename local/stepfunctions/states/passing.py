"""Pass: shape data, set variables."""

from dataclasses import dataclass

from local.stepfunctions import fields
from local.stepfunctions.environment import Constant, Template, evaluated
from local.stepfunctions.execution import Outcome, Visit
from local.stepfunctions.flow import DataFlow, data_flow
from local.stepfunctions.source import Source
from local.stepfunctions.states.common import next_state


@dataclass(frozen=True, slots=True)
class Pass:
    """https://docs.aws.amazon.com/step-functions/latest/dg/state-pass.html"""

    flow: DataFlow
    result: Template | None
    has_result: bool
    next: str | None
    type = "Pass"

    @classmethod
    def compile(cls, source: Source) -> "Pass":
        """Compile a Pass state; Result is taken as it stands."""
        result = Constant(source.value("Result")) if "Result" in source else None
        return cls(data_flow(source), result, source.language == fields.JSONPATH, next_state(source))

    async def run(self, visit: Visit) -> Outcome:
        """With JSONata the Output; with JSONPath the Result, or else the Parameters, as a result."""
        environment = self.flow.enter(visit)
        if not self.has_result:
            return Outcome(self.flow.pass_on(visit, environment), self.next)
        arguments = self.flow.arguments(visit, environment)
        result = evaluated(self.result, environment, arguments)
        return Outcome(self.flow.finish(visit, environment, result), self.next)
