"""The bound on memory: refusing, evicting what was used longest ago, and giving memory back."""

from pathlib import Path
from typing import Any

import pytest

from models.errors import ModelLoadedError, ModelUnknownError, OutOfMemoryError
from models.rerank.build import build_reranker
from models.serving.memory import MEBIBYTE, bound_from, default_bound, resident_bytes
from models.serving.registry import Policy, Registry
from models.serving.scheduler import Scheduler
from models.serving.servable import load_servable
from tests.models.conftest import BUILT_ENCODERS
from tests.models.serving.fakes import PLENTY, FakeServable

SIZES = {"small": 10, "other": 10, "large": 25, "huge": 200}
BASE = 70


class Process:
    """A process of 70 bytes and the loaded models: what `resident` would be told by the system."""

    def __init__(self, scheduler: Scheduler, **policy: Any) -> None:
        self.registry = Registry(scheduler, self.load, Policy(**policy), self.resident)
        self.loading: str | None = None
        self.loads: list[str] = []

    def load(self, folder: Path) -> FakeServable:
        self.loading = folder.name
        self.loads.append(folder.name)
        return FakeServable()

    def resident(self) -> int:
        held = {model.folder.name for model in self.registry.models()} | ({self.loading} if self.loading else set())
        return BASE + sum(SIZES[name] for name in held)

    async def put(self, *names: str) -> None:
        for name in names:
            try:
                await self.registry.load(name, Path(name))
            finally:
                self.loading = None

    def names(self) -> list[str]:
        return [model.name for model in self.registry.models()]


@pytest.fixture
def scheduler() -> Any:
    scheduler = Scheduler(workers=1)
    yield scheduler
    scheduler.close()


async def test_given_a_bound_when_a_model_fits_then_its_size_is_what_the_process_grew_by(scheduler: Scheduler) -> None:
    process = Process(scheduler, bound=100)

    await process.put("small")

    assert process.registry.get("small").took == 10


async def test_given_sagemaker_unloads_when_a_model_does_not_fit_then_it_is_refused_and_nothing_else_goes(
    scheduler: Scheduler,
) -> None:
    process = Process(scheduler, bound=100)
    await process.put("small")

    with pytest.raises(OutOfMemoryError, match="large does not fit"):
        await process.put("large")

    assert process.names() == ["small"]


async def test_given_a_model_that_was_once_refused_then_it_is_refused_again_without_being_loaded(
    scheduler: Scheduler,
) -> None:
    process = Process(scheduler, bound=100)
    await process.put("small")
    for _ in range(2):
        with pytest.raises(OutOfMemoryError):
            await process.put("large")

    assert process.loads == ["small", "large"]


async def test_given_eviction_when_a_model_does_not_fit_then_the_one_used_longest_ago_goes(
    scheduler: Scheduler,
) -> None:
    process = Process(scheduler, bound=105, when_full="evict")
    await process.put("small", "other")
    await process.registry.answer("small", b"a")

    await process.put("large")

    assert process.names() == ["small", "large"]


async def test_given_eviction_when_a_model_fits_nowhere_then_it_is_refused(scheduler: Scheduler) -> None:
    process = Process(scheduler, bound=100, when_full="evict")

    with pytest.raises(OutOfMemoryError):
        await process.put("huge")

    assert process.names() == []


async def test_given_names_then_a_loaded_one_is_taken_and_an_unloaded_one_unknown(scheduler: Scheduler) -> None:
    process = Process(scheduler, bound=100)
    await process.put("small")

    with pytest.raises(ModelLoadedError):
        await process.put("small")
    await process.registry.unload("small")
    with pytest.raises(ModelUnknownError, match="none"):
        process.registry.get("small")


async def test_given_a_real_model_when_it_comes_and_goes_then_its_memory_is_given_back(
    scheduler: Scheduler, tmp_path: Path
) -> None:
    build_reranker(tmp_path, BUILT_ENCODERS)
    registry = Registry(scheduler, load_servable, PLENTY)
    took = (await registry.load("first", tmp_path)).took
    await registry.unload("first")
    before = resident_bytes()  # the libraries stay
    for name in ("second", "third", "fourth"):
        await registry.load(name, tmp_path)
        await registry.unload(name)

    assert took > 20 * MEBIBYTE
    assert resident_bytes() - before < took


def test_given_a_setting_then_it_is_the_bound_and_else_a_share_of_the_memory() -> None:
    assert bound_from({"MODEL_MEMORY_MB": "300"}) == 300 * MEBIBYTE
    assert bound_from({}) == default_bound() > 0
