"""Data through a state: what its work gets, and what becomes of the result. One class a query language."""

from dataclasses import dataclass
from typing import Protocol

from local.stepfunctions import fields
from local.stepfunctions.environment import Environment, Template, evaluated
from local.stepfunctions.execution import Visit
from local.stepfunctions.json_types import JSON, check_size
from local.stepfunctions.jsonpath import ReferencePath
from local.stepfunctions.source import Source


class DataFlow(Protocol):
    """The data fields of a state, of a Catch or of a Choice rule, compiled."""

    def enter(self, visit: Visit) -> Environment:
        """What the fields of the state read before there is a result."""

    def arguments(self, visit: Visit, environment: Environment) -> JSON:
        """What the work of the state gets."""

    def finish(self, visit: Visit, environment: Environment, result: JSON) -> JSON:
        """The output after work with a result; sets variables."""

    def pass_on(self, visit: Visit, environment: Environment) -> JSON:
        """The output of a state that has no result; sets variables."""

    def caught(self, visit: Visit, error_output: JSON) -> JSON:
        """The output of a Catch; sets variables."""


@dataclass(frozen=True, slots=True)
class JsonataFlow:
    """Arguments in, Output out, Assign beside it: both are evaluated with the variables as they were."""

    arguments_template: Template | None
    output: Template | None
    assign: Template | None

    def enter(self, visit: Visit) -> Environment:
        return visit.environment(visit.input)

    def arguments(self, visit: Visit, environment: Environment) -> JSON:
        if self.arguments_template is None:
            return visit.input
        arguments = self.arguments_template(environment)
        check_size(arguments, visit.record.name)
        return arguments

    def finish(self, visit: Visit, environment: Environment, result: JSON) -> JSON:
        if self.output is None and self.assign is None:
            return result
        return self._output(visit, environment.of_result(result), result)

    def pass_on(self, visit: Visit, environment: Environment) -> JSON:
        return self._output(visit, environment, visit.input)

    def caught(self, visit: Visit, error_output: JSON) -> JSON:
        return self._output(visit, visit.environment(visit.input).of_error(error_output), error_output)

    def _output(self, visit: Visit, environment: Environment, default: JSON) -> JSON:
        output = evaluated(self.output, environment, default)
        assigned = evaluated(self.assign, environment, None)
        if output is not default and output is not visit.input:
            check_size(output, visit.record.name)
        _assign(visit, assigned)
        return output


@dataclass(frozen=True, slots=True)
class JsonPathFlow:
    """InputPath, Parameters, the work, ResultSelector, Assign, ResultPath into the state's raw input, OutputPath.

    A path that is None discards: InputPath and OutputPath give {}, ResultPath leaves the raw input as it is.
    """

    input_path: Template | None
    parameters: Template | None
    result_selector: Template | None
    result_path: ReferencePath | None
    output_path: Template | None
    assign: Template | None

    def enter(self, visit: Visit) -> Environment:
        environment = visit.environment(visit.input)
        environment.root = evaluated(self.input_path, environment, {})
        return environment

    def arguments(self, visit: Visit, environment: Environment) -> JSON:
        arguments = evaluated(self.parameters, environment, environment.root)
        if self.parameters is not None:
            check_size(arguments, visit.record.name)
        return arguments

    def finish(self, visit: Visit, environment: Environment, result: JSON) -> JSON:
        selected = evaluated(self.result_selector, environment.of_result(result), result)
        return self._output(visit, environment.of_result(selected), self._combined(visit, selected))

    def pass_on(self, visit: Visit, environment: Environment) -> JSON:
        return self._output(visit, environment, environment.root)

    def caught(self, visit: Visit, error_output: JSON) -> JSON:
        environment = visit.environment(visit.input).of_error(error_output)
        return self._output(visit, environment, self._combined(visit, error_output))

    def _combined(self, visit: Visit, result: JSON) -> JSON:
        return visit.input if self.result_path is None else self.result_path.written(visit.input, result)

    def _output(self, visit: Visit, environment: Environment, value: JSON) -> JSON:
        assigned = evaluated(self.assign, environment, None)
        output = evaluated(self.output_path, environment.at(environment.states, value), {})
        if output is not visit.input:
            check_size(output, visit.record.name)
        _assign(visit, assigned)
        return output


def _assign(visit: Visit, assigned: JSON) -> None:
    """Set variables; all that one state sets is held to the limit of a payload."""
    if assigned:
        check_size(assigned, visit.record.name)
        visit.branch.variables.update(assigned)
        visit.record.assigned = assigned


def data_flow(source: Source) -> DataFlow:
    """Compile the data fields of a state, a Catch or a Choice rule."""
    if source.language == fields.JSONATA:
        return JsonataFlow(source.template("Arguments"), source.template("Output"), source.assignments())
    return JsonPathFlow(
        input_path=source.path("InputPath"),
        parameters=source.template("Parameters"),
        result_selector=source.template("ResultSelector"),
        result_path=source.reference("ResultPath"),
        output_path=source.path("OutputPath"),
        assign=source.assignments(),
    )
