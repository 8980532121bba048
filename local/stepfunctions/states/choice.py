"""Choice: the first rule whose condition holds."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from local.stepfunctions import comparisons, fields
from local.stepfunctions.environment import Environment
from local.stepfunctions.errors import NO_CHOICE_MATCHED, StateError
from local.stepfunctions.execution import Outcome, Visit
from local.stepfunctions.flow import DataFlow, JsonPathFlow, data_flow
from local.stepfunctions.source import Source


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of Choices."""

    condition: Callable[[Environment], bool]
    next: str
    flow: DataFlow

    @classmethod
    def compile(cls, source: Source, state: DataFlow) -> "Rule":
        """Compile a rule. With JSONPath the data fields are those of the state, Assign excepted."""
        allowed = fields.CHOICE_RULE[source.language]
        if isinstance(state, JsonPathFlow):
            source.restrict(allowed | comparisons.RULE_FIELDS)
            flow: DataFlow = dataclasses.replace(state, assign=source.assignments())
            return cls(comparisons.condition(source), source.text("Next"), flow)
        source.restrict(allowed)
        condition = source.scalar("Condition", "boolean")
        if condition is None:
            raise source.refused("Condition", "expected a condition")
        return cls(condition, source.text("Next"), data_flow(source))


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
        flow = data_flow(source)
        rules = tuple(Rule.compile(rule, flow) for rule in source.objects("Choices"))
        if not rules:
            raise source.refused("Choices", "expected at least one rule")
        return cls(rules, source.text("Default") if "Default" in source else None, flow)

    async def run(self, visit: Visit) -> Outcome:
        """The first rule that holds, with its own Output and Assign; the state's own go with Default."""
        environment = self.flow.enter(visit)
        for rule in self.rules:
            if rule.condition(environment):
                return Outcome(rule.flow.pass_on(visit, environment), rule.next)
        if self.default is None:
            raise StateError(NO_CHOICE_MATCHED, "No choice matched, and there is no Default.")
        return Outcome(self.flow.pass_on(visit, environment), self.default)
