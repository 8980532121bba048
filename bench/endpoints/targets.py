"""What is measured: an endpoint of SageMaker through boto3, or a server by its URL."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, Protocol

import aiohttp

from bench.results import UnmeasurableError

_JSON = "application/json"
_TIMEOUT_S = 60
MOST_CALLERS = 64
_REFUSALS = (429, 503)


class RefusedError(Exception):
    """The endpoint answered that it is busy."""


class Target(Protocol):
    """Takes one inference request."""

    async def invoke(self, body: bytes) -> None:
        """Returns once it is answered; raises RefusedError where it is told to come later."""
        ...


class _Url:
    def __init__(self, client: aiohttp.ClientSession, url: str, headers: Mapping[str, str]) -> None:
        self._client = client
        self._url = url
        self._headers = {"Content-Type": _JSON, **headers}

    async def invoke(self, body: bytes) -> None:
        async with self._client.post(self._url, data=body, headers=self._headers) as answer:
            text = await answer.read()
        if answer.status in _REFUSALS:
            raise RefusedError
        if answer.status != 200:  # noqa: PLR2004 - HTTP's OK
            raise UnmeasurableError(f"{self._url} answered {answer.status}: {text[:200].decode(errors='replace')}")


class _SageMaker:
    def __init__(self, client: Any, endpoint: str, target: Mapping[str, str], threads: ThreadPoolExecutor) -> None:
        self._client = client
        self._arguments = {"EndpointName": endpoint, "ContentType": _JSON, **target}
        self._threads = threads

    async def invoke(self, body: bytes) -> None:
        await asyncio.get_running_loop().run_in_executor(self._threads, self._call, body)

    def _call(self, body: bytes) -> None:
        from botocore.exceptions import ClientError

        try:
            self._client.invoke_endpoint(Body=body, **self._arguments)["Body"].read()
        except ClientError as error:
            status = error.response.get("OriginalStatusCode", error.response["ResponseMetadata"]["HTTPStatusCode"])
            if status in _REFUSALS:
                raise RefusedError from error
            raise UnmeasurableError(f"{self._arguments['EndpointName']}: {error}") from error


@asynccontextmanager
async def url_target(url: str, headers: Mapping[str, str] | None = None) -> AsyncIterator[Target]:
    """A server that answers /invocations, by its URL."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=_TIMEOUT_S)) as client:
        yield _Url(client, url, headers or {})


@asynccontextmanager
async def sagemaker_target(endpoint: str, target: Mapping[str, str]) -> AsyncIterator[Target]:
    """An endpoint by its name, with the caller's own credentials and region; boto3 does not retry."""
    import boto3
    from botocore.config import Config

    config = Config(read_timeout=_TIMEOUT_S, retries={"total_max_attempts": 1}, max_pool_connections=MOST_CALLERS)
    with ThreadPoolExecutor(MOST_CALLERS) as threads:
        yield _SageMaker(boto3.client("sagemaker-runtime", config=config), endpoint, target, threads)
