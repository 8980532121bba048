"""How an endpoint finds the model that an invocation is for."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Protocol

import aiohttp

from local.standins.shapes import Failure, rest_json

TARGET_MODEL = "X-Amzn-SageMaker-Target-Model"
CUSTOM_ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"
_LOAD_LIMIT_S = 60
Headers = Mapping[str, str]


class RefusedError(Exception):
    """The service answers for the container; `failure` is its answer."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure.body.get("Message", failure.code)))
        self.failure = failure


class Hosting(Protocol):
    """What stands behind an endpoint's name."""

    @property
    def url(self) -> str: ...

    def model(self, headers: Headers) -> str:
        """The model that an invocation is for: the target of its faults; raises RefusedError."""
        ...

    async def path(self, headers: Headers, client: aiohttp.ClientSession) -> str:
        """Where the container takes it, once it can; raises RefusedError."""
        ...


@dataclass(frozen=True, slots=True)
class SingleContainer:
    """A container that holds its models from its start on; of several, custom attributes name one: `model=NAME`."""

    url: str
    models: tuple[str, ...]

    def model(self, headers: Headers) -> str:
        if TARGET_MODEL in headers:
            raise RefusedError(invalid("The endpoint is no multi-model endpoint: it takes no target model."))
        named = headers.get(CUSTOM_ATTRIBUTES, "").partition("model=")[2].partition(";")[0].strip()
        return named if named in self.models else self.models[0]

    async def path(self, _: Headers, __: aiohttp.ClientSession) -> str:
        return "/invocations"


@dataclass(frozen=True)
class Archive:
    """A model's archive in the bucket: what it unpacks to here, and the model in it."""

    folder: Path
    model: str


@dataclass
class MultiModel:
    """A multi-model endpoint: an archive is loaded at its first invocation, and what was used longest ago makes room.

    `loaded` are the archives in the container's memory, the one used longest ago first.
    """

    url: str
    archives: Mapping[str, Archive]
    loaded: OrderedDict[str, str] = field(default_factory=OrderedDict)
    changing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def model(self, headers: Headers) -> str:
        key = headers.get(TARGET_MODEL)
        if key is None:
            raise RefusedError(invalid("The endpoint is a multi-model endpoint: name a target model."))
        if key not in self.archives:
            raise RefusedError(invalid(f"Failed to download model data for target model {key}: no such archive."))
        return self.archives[key].model

    async def path(self, headers: Headers, client: aiohttp.ClientSession) -> str:
        key = headers[TARGET_MODEL]
        async with self.changing:
            if key not in self.loaded:
                await self._load(key, client)
            self.loaded.move_to_end(key)
            return f"/models/{self.loaded[key]}/invoke"

    async def preload(self) -> None:
        """Invoke every archive's loading once, as one does after a deployment; raises RefusedError."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_LOAD_LIMIT_S)) as client:
            for key in self.archives:
                await self.path({TARGET_MODEL: key}, client)

    async def _load(self, key: str, client: aiohttp.ClientSession) -> None:
        name = hashlib.sha256(key.encode()).hexdigest()[:32]
        while True:
            request = {"model_name": name, "url": str(self.archives[key].folder)}
            async with client.post(f"{self.url}/models", json=request) as answer:
                status, text = answer.status, await answer.text()
            if status in (HTTPStatus.OK, HTTPStatus.CONFLICT):
                self.loaded[key] = name
                return
            if status != HTTPStatus.INSUFFICIENT_STORAGE or not self.loaded:
                raise RefusedError(not_loaded(key, status, text))
            _, oldest = self.loaded.popitem(last=False)
            async with client.delete(f"{self.url}/models/{oldest}") as answer:
                await answer.read()


def invalid(message: str) -> Failure:
    return rest_json(400, "ValidationError", message, key="Message")


def not_loaded(key: str, status: int, text: str) -> Failure:
    return rest_json(
        424,
        "ModelError",
        f"Failed to load target model {key}: received {status} from the container with message {text}.",
        key="Message",
        OriginalStatusCode=status,
        OriginalMessage=text,
        LogStreamArn="",
    )
