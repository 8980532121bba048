"""Each topology reaches the right model: the functions' own adapter, boto3, the stand-in and the real server."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from local.errors import ModelServerError
from local.hosting import containers
from local.model_hosts import ModelHosts
from local.settings import StackSettings, deployment_parameters
from local.standins.faults import FaultBoard
from local.standins.hosting import Archive, Hosting, MultiModel, SingleContainer
from local.standins.sagemaker import sagemaker_app
from local.standins.transport import Running, serve
from local.template import Deployment
from mangaassist.aws import clients
from mangaassist.aws.sagemaker import SageMakerModels
from mangaassist.settings import settings
from models.errors import ArtefactError
from models.serving.app import STATE, Serving, create_app
from models.serving.batching import batching_of
from models.serving.contracts import Prediction
from models.serving.registry import Policy
from models.serving.servable import Servable, ServedClassifier, ServedReranker


class Classifies(ServedClassifier):
    """A classifier that knows one answer."""

    def __init__(self) -> None:
        self.version, self.batching = "1", batching_of(self.name)

    def infer(self, items: Any) -> list[Prediction]:
        return [Prediction(label="chitchat", score=1.0, scores={"chitchat": 1.0}) for _ in items]


class Reranks(ServedReranker):
    """A reranker that prefers longer passages."""

    def __init__(self) -> None:
        self.version, self.batching = "1", batching_of(self.name)

    def infer(self, items: Any) -> list[float]:
        return [float(len(passage)) for _, passage in items]


MODELS: Mapping[str, Callable[[], Servable]] = {"classifier": Classifies, "reranker": Reranks}


def server(models: tuple[str, ...]) -> Serving:
    """The server of a container; none at its start makes it a multi-model one."""
    return Serving(
        policy=Policy(bound=2**40),
        workers=1,
        folders={name: Path(name) for name in models},
        multi_model=not models,
        load=lambda folder: MODELS[folder.name](),
    )


async def warm(app: web.Application) -> None:
    """Wait until the server answers."""
    async with asyncio.timeout(10):
        while not app[STATE].warm:  # noqa: ASYNC110 - the server tells nobody but whoever asks it
            await asyncio.sleep(0)


@pytest.fixture
async def running() -> AsyncIterator[list[Running]]:
    started: list[Running] = []
    yield started
    for one in reversed(started):
        await one.stop()


@pytest.mark.parametrize("topology", ["dedicated", "multi-model", "shared-container"])
async def test_given_a_topology_when_a_function_asks_for_its_model_then_that_model_answers(
    topology: str, running: list[Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    others = {"EndpointTopology": topology, "CircuitBreakers": "off"}
    chosen = deployment_parameters(issuer="", search_endpoint="http://search", others=others)
    deployment = Deployment(Path("template.yaml"), chosen)
    hosted: dict[str, Hosting] = {}
    for container in containers(deployment):
        app = create_app(server(container.models))
        running.append(await serve(app))
        await warm(app)
        url = running[-1].url
        archives = {key: Archive(Path(name), name) for key, name in container.archives.items()}
        hosted[container.endpoint] = MultiModel(url, archives) if archives else SingleContainer(url, container.models)
    running.append(await serve(sagemaker_app(hosted, FaultBoard())))
    monkeypatch.setenv("AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", running[-1].url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    for name, value in deployment.functions()["ClassifyIntentFunction"].environment.items():
        monkeypatch.setenv(name, value)
    clients.client.cache_clear()
    settings.cache_clear()
    models = SageMakerModels.of(settings())

    prediction = await asyncio.to_thread(models.classify, "hello", budget_ms=10_000, trace_id="t1")
    scores = await asyncio.to_thread(models.rerank, "which", ["short", "longer"], budget_ms=10_000, trace_id="t1")
    clients.client.cache_clear()
    settings.cache_clear()

    assert prediction.label == "chitchat"
    assert scores == [5.0, 6.0]


async def test_given_a_multi_model_container_that_cannot_load_when_the_stack_waits_for_it_then_the_error_says_why(
    running: list[Running], tmp_path: Path
) -> None:
    def load(folder: Path) -> Servable:
        raise ArtefactError(f"{folder.name} is no model directory")

    running.append(await serve(create_app(replace(server(()), load=load))))
    stack = StackSettings(
        root=Path.cwd(),
        containers={"mangaassist-local-models": running[-1].url},
        parameters={"EndpointTopology": "multi-model"},
        log_folder=tmp_path,
    )

    with pytest.raises(ModelServerError, match=r"classifier is no model directory.*make models"):
        await ModelHosts(stack).ready()
