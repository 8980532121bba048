"""Servers in this process, stopped when a test ends."""

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from models.artefacts import ClassifierManifest, read_manifest
from models.intent.classifier import Classifier
from models.serving.app import Serving, create_app
from models.serving.servable import Servable, ServedClassifier
from tests.models.serving.fakes import Client, ready, serving


@pytest.fixture
async def start() -> AsyncIterator[Callable[[Serving], Any]]:
    """A client of a server, which may not be ready yet."""
    clients: list[Client] = []

    async def _start(what: Serving) -> Client:
        client: Client = TestClient(TestServer(create_app(what)))
        clients.append(client)
        await client.start_server()
        return client

    yield _start
    for client in clients:
        await client.close()


class Unwarmed(ServedClassifier):
    """The classifier without its warm-up requests, which one test of the reranker's server covers."""

    def synthetic_requests(self) -> Sequence[bytes]:
        return ()


@pytest.fixture(scope="session")
def servable(classifier_dir: Path) -> Servable:
    manifest = read_manifest(classifier_dir)
    assert isinstance(manifest, ClassifierManifest)
    return Unwarmed(Classifier.load(classifier_dir, manifest), manifest.version)


@pytest.fixture
async def classifier(start: Any, servable: Servable) -> Client:
    client: Client = await start(serving(lambda _: servable))
    await ready(client)
    return client
