"""Parallel: branches side by side, stopped at once when one fails."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from local.stepfunctions import fields
from local.stepfunctions.branches import BranchGroup
from local.stepfunctions.environment import Environment
from local.stepfunctions.execution import Visit
from local.stepfunctions.flow import DataFlow, data_flow
from local.stepfunctions.graph import Graph
from local.stepfunctions.handling import ErrorHandling, error_handling
from local.stepfunctions.history import BRANCHES_EVENTS
from local.stepfunctions.json_types import JSON, check_size
from local.stepfunctions.source import Source
from local.stepfunctions.states.common import RetriedState, next_state


@dataclass(frozen=True, slots=True)
class Parallel(RetriedState):
    """https://docs.aws.amazon.com/step-functions/latest/dg/state-parallel.html"""

    graphs: tuple[Graph, ...]
    flow: DataFlow
    handling: ErrorHandling
    next: str | None
    type = "Parallel"

    @classmethod
    def compile(cls, source: Source, graph: Callable[[Mapping[str, JSON], str], Graph]) -> "Parallel":
        """Compile a Parallel state; `graph` compiles one of its branches."""
        branches = source.objects("Branches", fields.BRANCH)
        if not branches:
            raise source.refused("Branches", "expected a list of at least one branch")
        graphs = tuple(graph(branch.content, source.state) for branch in branches)
        return cls(graphs, data_flow(source), error_handling(source), next_state(source))

    async def work(self, visit: Visit, environment: Environment, arguments: JSON) -> list[JSON]:
        """The outputs of the branches in their order; each branch gets the same input."""
        visit.branch.history.add(BRANCHES_EVENTS)
        group = BranchGroup(visit.branch)
        for index, graph in enumerate(self.graphs):
            group.start(f"{visit.record.name}[{index}]", partial(graph.run, value=arguments))
        results = await group.results()
        check_size(results, visit.record.name)
        return results
