"""The fixture deployment, and a runtime for it that starts no more than a laptop's worth."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from local.lambda_runtime import LambdaRuntime, Limits
from local.lambda_runtime.environment import Surroundings
from local.lambda_runtime.launchers import forks, interpreters, launching_here
from local.template import Deployment
from local.template.model import Overrides

BARE = Surroundings(endpoints={"AWS_ENDPOINT_URL": "http://127.0.0.1:1"})
TEMPLATE = Path(__file__).parent / "fixtures" / "template.yaml"


@pytest.fixture(scope="session")
def deployment() -> Deployment:
    return Deployment(TEMPLATE, Overrides(parameters={"Issuer": "https://issuer"}))


@pytest.fixture
def surroundings() -> Surroundings:
    return Surroundings(
        endpoints={"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, settings={"GREETING": "hello", "NOT_SET": "x"}
    )


@pytest.fixture(params=[forks, interpreters])
async def runtime(
    request: pytest.FixtureRequest, deployment: Deployment, surroundings: Surroundings, tmp_path: Path
) -> AsyncIterator[LambdaRuntime]:
    if request.param is forks and launching_here() is not forks:
        pytest.skip("functions are not forked on this system")
    functions, limits = deployment.functions().values(), Limits(processes=3)
    async with LambdaRuntime(functions, surroundings, logs=tmp_path, limits=limits, launching=request.param) as running:
        yield running
