"""Parallel: branches side by side, stopped at once when one fails."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from local.stepfunctions.execution import BranchGroup, Visit
from local.stepfunctions.flow import DataFlow
from local.stepfunctions.graph import Graph
from local.stepfunctions.handling import ErrorHandling, error_handling
from local.stepfunctions.json_types import JSON, check_size
from local.stepfunctions.source import Source
from local.stepfunctions.states.common import RetriedState, next_state


@dataclass(frozen=True, slots=True)
class Parallel(RetriedState):
    """https://docs.aws.amazon.com/step-functions/latest/dg/state-parallel.html"""

    branches: tuple[Graph, ...]
    flow: DataFlow
    handling: ErrorHandling
    next: str | None
    type = "Parallel"

    @classmethod
    def compile(cls, source: Source, branch: Callable[[Source, str, JSON], Graph]) -> "Parallel":
        """Compile a Parallel state; `branch` compiles one of its branches."""
        values = source.value("Branches")
        if not isinstance(values, list) or not values:
            raise source.refused("Branches", "expected a list of at least one branch")
        branches = tuple(branch(source, f"Branches[{index}]", value) for index, value in enumerate(values))
        return cls(branches, DataFlow.compile(source), error_handling(source), next_state(source))

    async def work(self, visit: Visit, arguments: JSON) -> list[JSON]:
        """The outputs of the branches in their order; each branch gets the same input."""
        group = BranchGroup(visit.branch)
        for index, graph in enumerate(self.branches):
            group.start(f"{visit.record.name}[{index}]", partial(graph.run, value=arguments))
        results = await group.results()
        check_size(results, visit.record.name)
        return results
