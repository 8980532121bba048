"""The model servers of this machine at rising concurrency, priced as if it were the instance type of its size."""

from contextlib import AsyncExitStack

from bench.endpoints.prices import price_list
from bench.endpoints.servers import server, target
from bench.endpoints.survey import Configuration, Survey
from bench.endpoints.traffic import bodies
from bench.results import Result, Say

# Two processors, as the machine that this was written on has.
INSTANCE = "ml.c7g.large"
TARGETS_MS = {"classifier": 120.0, "reranker": 350.0}
"""p99: what the production system saw on a CPU, and the reranking step's own budget (policy/deadline.py)."""
STEP_S = 3.0
SERVERS = {
    "1 worker": (("1",), False),
    "2 workers": (("2",), False),
    "2 workers, shared": (("2",), True),
}


async def measure(say: Say) -> Result:
    survey = Survey(price_list("aws"), TARGETS_MS, bodies(), STEP_S)
    for model in TARGETS_MS:
        for name, (workers, shared) in SERVERS.items():
            held = tuple(TARGETS_MS) if shared else (model,)
            async with AsyncExitStack() as stack:
                watched = await stack.enter_async_context(server(*held, options=("--workers", *workers)))
                reach = target(watched, model)
                await survey.measure(Configuration(f"{model}, {name}", model, INSTANCE, 1, reach), say)
    found = survey.result()
    note = f"Servers and callers share this machine; it is priced as one {INSTANCE}, which has 2 vCPUs."
    return Result(found.columns, found.rows, found.goals, [*found.notes, note], found.details)
