"""One pipeline in virtual time for all of these tests, and what it answers when nothing fails."""

from collections.abc import Iterator, Mapping

import pytest

from tests.faults.scenes import SCENES
from tests.faults.turns import Outcome, Turns


@pytest.fixture(scope="package")
def turns() -> Iterator[Turns]:
    with Turns().running() as running:
        yield running


@pytest.fixture(scope="package")
def calm(turns: Turns) -> Mapping[str, Outcome]:
    """Each scene's outcome on a calm day."""
    return {name: turns.take(scene) for name, scene in SCENES.items()}
