"""Choice: the first rule whose condition holds."""

from dataclasses import dataclass

from local.stepfunctions import fields
from local.stepfunctions.errors import NO_CHOICE_MATCHED, StateError
from local.stepfunctions.execution import Outcome, Visit
from local.stepfunctions.flow import DataFlow
from local.stepfunctions.jsonata_query import Template
from local.stepfunctions.source import Source


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of Choices."""

    condition: Template
    next: str
    flow: DataFlow

    @classmethod
    def compile(cls, source: Source) -> "Rule":
        """Compile a rule."""
        condition = source.scalar("Condition", "boolean")
        if condition is None:
            raise source.refused("Condition", "expected a condition")
        return cls(condition, source.text("Next"), DataFlow.compile(source))


@dataclass(frozen=True, slots=True)
class Choice:
    """https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html"""

    rules: tuple[Rule, ...]
    default: str | None
    flow: DataFlow
    type = "Choice"

    @classmethod
    def compile(cls, source: Source) -> "Choice":
        """Compile a Choice state."""
        rules = tuple(Rule.compile(rule) for rule in source.objects("Choices", fields.CHOICE_RULE))
        if not rules:
            raise source.refused("Choices", "expected at least one rule")
        default = source.text("Default") if "Default" in source else None
        return cls(rules, default, DataFlow.compile(source))

    async def run(self, visit: Visit) -> Outcome:
        """The first rule that holds, with its own Output and Assign; the state's own go with Default."""
        environment = visit.environment()
        for rule in self.rules:
            if rule.condition(environment):
                return Outcome(rule.flow.finish(visit, environment, visit.input), rule.next)
        if self.default is None:
            raise StateError(NO_CHOICE_MATCHED, "There are no matching choices, and there is no Default.")
        return Outcome(self.flow.finish(visit, environment, visit.input), self.default)
