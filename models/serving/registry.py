"""The loaded models: loading, warming, unloading, and which was used longest ago, under one bound on real memory.

Before a first load nobody knows what a model takes: it is loaded, warmed and measured as growth of the process's
resident set, and unloaded again where the process is over its bound. From then on that folder's size is known.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from models.errors import ModelLoadedError, ModelUnknownError, OutOfMemoryError
from models.serving import memory
from models.serving.memory import MEBIBYTE
from models.serving.scheduler import Lane, Scheduler
from models.serving.servable import Servable

_LOG = logging.getLogger(__name__)
Load = Callable[[Path], Servable]


@dataclass(frozen=True)
class LoadedModel:
    """A warm model; `took` is what loading it added to the process, in bytes."""

    name: str
    folder: Path
    lane: Lane
    took: int

    @property
    def servable(self) -> Servable:
        return self.lane.servable


@dataclass(frozen=True, kw_only=True)
class Policy:
    """`bound` in bytes of resident memory. `when_full` refuses (SageMaker then unloads what it chooses) or evicts here.

    `warm` False skips the synthetic requests: only to measure what they save.
    """

    bound: int
    when_full: Literal["refuse", "evict"] = "refuse"
    warm: bool = True


class Registry:
    """Models by name, the most recently used last. One is loaded at a time, so that its size can be measured."""

    def __init__(
        self, scheduler: Scheduler, load: Load, policy: Policy, resident: Callable[[], int] = memory.resident_bytes
    ) -> None:
        self._scheduler = scheduler
        self._load = load
        self._policy = policy
        self._resident = resident
        self._models: OrderedDict[str, LoadedModel] = OrderedDict()
        self._sizes: dict[Path, int] = {}
        self._changing = asyncio.Lock()

    def models(self) -> Sequence[LoadedModel]:
        """Every loaded model, the one used longest ago first."""
        return tuple(self._models.values())

    def get(self, name: str) -> LoadedModel:
        """A loaded model; raises ModelUnknownError."""
        if name not in self._models:
            raise ModelUnknownError(f"no model {name!r} is loaded; loaded: {', '.join(self._models) or 'none'}")
        return self._models[name]

    async def answer(self, name: str, body: bytes) -> bytes:
        """A model's response; raises ModelUnknownError, InvalidRequestError, OverloadedError."""
        model = self.get(name)
        self._models.move_to_end(name)
        return await self._scheduler.answer(model.lane, body)

    async def load(self, name: str, folder: Path) -> LoadedModel:
        """Load and warm a model; it is found by `get` only then.

        Raises ModelLoadedError, OutOfMemoryError, ArtefactError.
        """
        async with self._changing:
            if name in self._models:
                raise ModelLoadedError(f"{name} is loaded already")
            await self._make_room(name, self._sizes.get(folder, 0))
            await self._add(name, folder)
            try:
                await self._make_room(name, 0)
            except OutOfMemoryError:
                await self._remove(name)
                raise
            return self._models[name]

    async def unload(self, name: str) -> None:
        """Finish a model's requests and forget it; raises ModelUnknownError."""
        async with self._changing:
            self.get(name)
            await self._remove(name)

    async def _add(self, name: str, folder: Path) -> None:
        before = self._resident()
        servable = await asyncio.to_thread(self._load, folder)
        lane = self._scheduler.open(servable)
        requests = servable.synthetic_requests() if self._policy.warm else ()
        try:
            for body in requests:
                await self._scheduler.answer(lane, body)
        except BaseException:
            await self._scheduler.drop(lane)
            raise
        took = max(0, self._resident() - before)
        self._sizes[folder] = max(took, self._sizes.get(folder, 0))
        self._models[name] = LoadedModel(name, folder, lane, took)
        megabytes = (took // MEBIBYTE, self._policy.bound // MEBIBYTE)
        said = "%s %s is warm after %d requests and takes %d MiB of %d"
        _LOG.info(said, servable.name, servable.version, len(requests), *megabytes)

    async def _remove(self, name: str) -> None:
        # No name here holds the model: its memory can be given back only once nothing refers to it.
        await self._scheduler.drop(self._models.pop(name).lane)
        memory.give_back()
        _LOG.info("%s is unloaded; %d MiB are in use", name, self._resident() // MEBIBYTE)

    async def _make_room(self, name: str, size: int) -> None:
        """Unload others until `size` more bytes fit, or raise OutOfMemoryError."""
        while self._resident() + size > self._policy.bound:
            others = [model for model in self._models if model != name]
            if self._policy.when_full == "refuse" or not others:
                raise self._no_memory(name, size)
            await self._remove(others[0])

    def _no_memory(self, name: str, size: int) -> OutOfMemoryError:
        return OutOfMemoryError(
            f"{name} does not fit: {self._resident() // MEBIBYTE} MiB are in use, {size // MEBIBYTE} more are wanted,"
            f" the bound is {self._policy.bound // MEBIBYTE}; unload another model or raise MODEL_MEMORY_MB"
        )
