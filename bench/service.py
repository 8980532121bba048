"""The API front and Step Functions' own API before functions that only take time, in a process of its own.

`python -m bench.service SCALE` writes one line, {"api": URL, "step_functions": URL, "machine": ARN}, and serves until
its input ends.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bench.processes import next_line, process
from bench.timed_functions import TimedFunctions, exactly
from local.api import ApiFront
from local.machines import StateMachines
from local.settings import deployment_parameters
from local.standins.transport import serve
from local.stepfunctions_api import StepFunctionsApi, stepfunctions_app
from local.template import Deployment

START_S = 60.0


@dataclass(frozen=True)
class Service:
    """Where a running service answers; `machine` is the chat turn's ARN, qualified by its alias."""

    api: str
    step_functions: str
    machine: str


def deployed() -> Deployment:
    """The template, with guests only."""
    overrides = deployment_parameters(issuer="", search_endpoint="http://search.invalid", others={})
    return Deployment(Path("template.yaml"), overrides)


@asynccontextmanager
async def service(scale: float) -> AsyncIterator[Service]:
    """Start one in a process of its own; raises UnmeasurableError."""
    async with process(sys.executable, "-m", "bench.service", str(scale)) as running:
        yield Service(**await next_line(running, START_S))


async def main(scale: float) -> None:
    deployment = deployed()
    functions = TimedFunctions(deployment.functions().values(), scale, exactly)
    machines = StateMachines(deployment.state_machines().values(), functions)
    step_functions = StepFunctionsApi(machines)
    (spec,) = deployment.apis().values()
    front = ApiFront(spec, deployment.place, functions=functions, step_functions=step_functions)
    api = web.Application()
    api.router.add_route("*", "/{path:.*}", front.handle)
    (machine,) = (one for one in machines if one.is_express)
    served = {"api": (await serve(api)).url, "step_functions": (await serve(stepfunctions_app(step_functions))).url}
    print(json.dumps({**served, "machine": machine.alias_arn}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
