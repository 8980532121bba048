"""Map: the same states once for every item."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from local.stepfunctions import fields
from local.stepfunctions.branches import BranchGroup
from local.stepfunctions.environment import Environment, Template, evaluated
from local.stepfunctions.errors import QueryError, StateError, StatesRuntimeError
from local.stepfunctions.execution import Branch, Visit
from local.stepfunctions.flow import DataFlow, JsonPathFlow, data_flow
from local.stepfunctions.graph import Graph
from local.stepfunctions.handling import ErrorHandling, error_handling
from local.stepfunctions.history import BRANCHES_EVENTS, DISTRIBUTED_EVENTS, ITEM_EVENTS, History
from local.stepfunctions.json_types import JSON, check_size, compact, type_name
from local.stepfunctions.kinds import Kind
from local.stepfunctions.source import Scalar, Source
from local.stepfunctions.states.common import RetriedState, next_state
from local.stepfunctions.whole_numbers import WholeNumber

INLINE_CONCURRENCY: Final = 40
MAX_ITEMS: Final = 100_000_000
EXCEEDED: Final = "States.ExceedToleratedFailureThreshold"


Items = Callable[[Environment, JSON], list[JSON]]
"""The items of a Map: from its environment and its raw input."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How many items may fail: a number of them, or a percentage; by default none."""

    count: WholeNumber | None
    percentage: Scalar | None

    @classmethod
    def compile(cls, source: Source) -> "Tolerance":
        """Compile ToleratedFailureCount and ToleratedFailurePercentage."""
        return cls(
            count=WholeNumber.compile(source, "ToleratedFailureCount", least=0, most=MAX_ITEMS),
            percentage=source.scalar("ToleratedFailurePercentage", "number"),
        )

    def failures(self, environment: Environment, items: int) -> float:
        """The most items that may fail."""
        count = 0 if self.count is None else self.count(environment)
        share = 0.0 if self.percentage is None else _percentage(self.percentage, environment)
        return max(count, items * share / 100)


@dataclass(frozen=True, slots=True)
class Map(RetriedState):
    """https://docs.aws.amazon.com/step-functions/latest/dg/state-map.html

    Mode DISTRIBUTED takes its items from the input, and tolerates failing ones: the output holds their error outputs.
    """

    items: Items
    item_selector: Template | None
    graph: Graph
    distributed: bool
    concurrency: WholeNumber | None
    tolerance: Tolerance
    flow: DataFlow
    handling: ErrorHandling
    next: str | None
    type = "Map"

    @classmethod
    def compile(cls, source: Source, graph: Callable[[Mapping[str, JSON], str], Graph], kind: Kind) -> "Map":
        """Compile a Map state; `graph` compiles the states of an item."""
        processor = source.inner(_one_of(source, "ItemProcessor", "Iterator"), fields.ITEM_PROCESSOR)
        flow = data_flow(source)
        if isinstance(flow, JsonPathFlow):
            flow = dataclasses.replace(flow, parameters=None)
        return cls(
            items=_items(source),
            item_selector=source.template(_one_of(source, "ItemSelector", "Parameters")),
            graph=graph(processor.content, source.state),
            distributed=_is_distributed(processor, kind),
            concurrency=WholeNumber.compile(source, "MaxConcurrency", least=0, most=MAX_ITEMS),
            tolerance=Tolerance.compile(source),
            flow=flow,
            handling=error_handling(source),
            next=next_state(source),
        )

    async def work(self, visit: Visit, environment: Environment, arguments: JSON) -> list[JSON]:
        """The outputs of the items in their order; the first that fails stops the others."""
        items = self.items(environment, visit.input)
        limit = 0 if self.concurrency is None else self.concurrency(environment)
        failing = Failing(self.tolerance.failures(environment, len(items)))
        group = BranchGroup(visit.branch, limit or INLINE_CONCURRENCY)
        contexts = [{"Map": {"Item": {"Index": index, "Value": item}}} for index, item in enumerate(items)]
        inputs = [self._input(environment, context, item) for context, item in zip(contexts, items, strict=True)]
        visit.branch.history.add(DISTRIBUTED_EVENTS if self.distributed else BRANCHES_EVENTS)
        run = failing.tolerate if self.distributed else self._run_item
        for index, (context, value) in enumerate(zip(contexts, inputs, strict=True)):
            history = History(visit.branch.history.limit) if self.distributed else None
            group.start(f"{visit.record.name}[{index}]", partial(run, self.graph, value=value), context, history)
        results = await group.results()
        check_size(results, visit.record.name)
        return results

    @staticmethod
    async def _run_item(graph: Graph, branch: Branch, value: JSON) -> JSON:
        branch.history.add(ITEM_EVENTS)
        return await graph.run(branch, value)

    def _input(self, environment: Environment, context: dict[str, JSON], item: JSON) -> JSON:
        """What the states of an item get: the item, or what ItemSelector makes of it."""

        def with_item() -> JSON:
            return {**environment.context(), **context}

        if self.item_selector is None:
            return item
        selected = self.item_selector(dataclasses.replace(environment, context=with_item))
        check_size(selected, self.type)
        return selected


class Failing:
    """Counts the items that failed in one run of a Map."""

    def __init__(self, tolerated: float) -> None:
        self._tolerated, self._failed = tolerated, 0

    async def tolerate(self, graph: Graph, branch: Branch, value: JSON) -> JSON:
        """The output of an item, or its error output while few enough fail."""
        try:
            return await graph.run(branch, value)
        except StateError as error:
            self._failed += 1
            if self._failed > self._tolerated:
                raise StateError(EXCEEDED, "The specified tolerated failure threshold was exceeded") from error
            return error.output()


def _items(source: Source) -> Items:
    if source.language == fields.JSONPATH:
        path = source.path("ItemsPath")
        return partial(_array_at, path, source.value("ItemsPath") or "$")
    if isinstance(source.value("Items"), list):
        array = source.template("Items")
        return lambda environment, value: evaluated(array, environment, None)
    expression = source.scalar("Items", "array")
    return _input_array if expression is None else lambda environment, value: expression(environment)


def _array_at(path: Template | None, text: str, environment: Environment, value: JSON) -> list[JSON]:
    items = evaluated(path, environment, None)
    if isinstance(items, list):
        return items
    raise StatesRuntimeError(f'Reference path "{text}" must point to array.')


def _input_array(environment: Environment, value: JSON) -> list[JSON]:
    if isinstance(value, list):
        return value
    raise QueryError(f"Map state input must be an array but was: {compact(value)}")


def _percentage(field: Scalar, environment: Environment) -> float:
    value = field(environment)
    if type_name(value) != "number" or not 0 <= value <= 100:  # noqa: PLR2004 - per cent
        raise field.failure(f"{field.name} must be from 0 to 100, but was {compact(value)}.")
    return float(value)


def _one_of(source: Source, name: str, legacy: str) -> str:
    """The name of a field that goes by two names."""
    if name in source and legacy in source:
        raise source.refused(legacy, f"expected either {name} or {legacy}")
    return legacy if legacy in source else name


def _is_distributed(processor: Source, kind: Kind) -> bool:
    if "ProcessorConfig" not in processor:
        return False
    mode = processor.inner("ProcessorConfig", fields.PROCESSOR_CONFIG).text("Mode", "INLINE")
    if mode not in {"DISTRIBUTED", "INLINE"}:
        raise processor.refused("ProcessorConfig/Mode", "expected INLINE or DISTRIBUTED")
    if mode == "DISTRIBUTED" and not kind.distributed_maps:
        raise processor.refused("ProcessorConfig/Mode", f"an {kind.name} workflow has no DISTRIBUTED mode")
    return mode == "DISTRIBUTED"
