"""Data through a state with JSONata: Arguments in, Output out, Assign beside it."""

from dataclasses import dataclass

from local.stepfunctions.execution import Visit
from local.stepfunctions.json_types import JSON, check_size
from local.stepfunctions.jsonata_query import Environment, Template
from local.stepfunctions.source import Source, evaluated


@dataclass(frozen=True, slots=True)
class DataFlow:
    """The data fields of a state, of a Catch or of a Choice rule."""

    arguments_template: Template | None
    output_template: Template | None
    assign_template: Template | None

    @classmethod
    def compile(cls, source: Source) -> "DataFlow":
        """Compile Arguments, Output and Assign."""
        return cls(source.template("Arguments"), source.template("Output"), source.assignments())

    def arguments(self, visit: Visit) -> JSON:
        """What the work of the state gets: Arguments, or the state's input."""
        if self.arguments_template is None:
            return visit.input
        arguments = self.arguments_template(visit.environment())
        check_size(arguments, visit.record.name)
        return arguments

    def finish(self, visit: Visit, environment: Environment, default: JSON) -> JSON:
        """The state's output; sets variables. Both are evaluated with the variables as they were."""
        output = evaluated(self.output_template, environment, default)
        assigned = evaluated(self.assign_template, environment, None)
        if self.output_template is not None:
            check_size(output, visit.record.name)
        if assigned:
            visit.branch.variables.update(assigned)
        return output
