"""Servers of models/ on this machine, each a process of its own, watched from outside."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.endpoints.targets import Target, url_target
from bench.results import UnmeasurableError
from local.errors import ModelServerError
from local.hosting import Container
from local.model_servers import ModelServer
from local.standins.hosting import CUSTOM_ATTRIBUTES

ROOT = Path(__file__).resolve().parents[2]
LOGS = ROOT / "build" / "logs"
MEBIBYTE = 2**20


@dataclass(frozen=True)
class Watched:
    """A running server that is ready."""

    url: str
    process: psutil.Process

    def cpu_seconds(self) -> float:
        """Processor time of all its threads since its start."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def resident_mib(self) -> float:
        return float(self.process.memory_info().rss) / MEBIBYTE


@asynccontextmanager
async def server(*models: str, options: tuple[str, ...] = ()) -> AsyncIterator[Watched]:
    """A server that holds these models, or none and takes what is loaded; raises UnmeasurableError."""
    archives = {} if models else {"any": "any"}
    LOGS.mkdir(parents=True, exist_ok=True)
    name = f"bench-{'-'.join(models) or 'multi-model'}"
    one = ModelServer(Container(name, models, archives), LOGS / f"{name}.log", options)
    try:
        async with one.running(ROOT):
            await one.ready()
            yield Watched(one.url, psutil.Process(one.pid))
    except ModelServerError as error:
        raise UnmeasurableError(str(error)) from error


@asynccontextmanager
async def target(watched: Watched, model: str) -> AsyncIterator[Target]:
    """One of a server's models."""
    async with url_target(f"{watched.url}/invocations", {CUSTOM_ATTRIBUTES: f"model={model}"}) as found:
        yield found
