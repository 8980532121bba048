"""The containers behind a deployment's SageMaker endpoints: given ones, and servers started for the others."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from local.errors import ModelServerError
from local.hosting import Container, containers
from local.model_servers import ModelServer
from local.settings import StackSettings, deployment_parameters
from local.standins.hosting import Archive, Hosting, MultiModel, RefusedError, SingleContainer
from local.template import Deployment


class ModelHosts:
    """Every endpoint of the settings' topology. Servers start before much else does: they take longest."""

    def __init__(self, settings: StackSettings) -> None:
        # What an endpoint serves does not depend on what is not known yet.
        parameters = deployment_parameters(issuer="", search_endpoint="", others=settings.chosen)
        self._settings = settings
        self._containers = containers(Deployment(settings.template, parameters))
        self._servers = {
            container.endpoint: ModelServer(container, settings.logs / f"{container.endpoint}.log")
            for container in self._containers
            if container.endpoint not in settings.containers
        }
        urls = {**settings.containers, **{name: server.url for name, server in self._servers.items()}}
        self.endpoints: Mapping[str, Hosting] = {
            container.endpoint: self._hosting(container, urls[container.endpoint]) for container in self._containers
        }

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The servers' processes live while this is entered."""
        async with AsyncExitStack() as undo:
            for server in self._servers.values():
                await undo.enter_async_context(server.running(self._settings.root))
            yield

    async def ready(self) -> None:
        """Wait until every server is, and what loads at its first invocation is loaded; raises ModelServerError."""
        for server in self._servers.values():
            await server.ready()
        for hosting in self.endpoints.values():
            if isinstance(hosting, MultiModel):
                await self._preload(hosting)

    async def _preload(self, hosting: MultiModel) -> None:
        try:
            await hosting.preload()
        except RefusedError as error:
            raise ModelServerError(f"{error} Run `make models`; the logs are in {self._settings.logs}") from error

    def _hosting(self, container: Container, url: str) -> Hosting:
        if not container.multi_model:
            return SingleContainer(url, container.models)
        folders = self._settings.models
        return MultiModel(url, {key: Archive(folders / name, name) for key, name in container.archives.items()})
