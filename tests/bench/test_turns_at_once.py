"""The deployed workflow and handlers in this process: the benchmark's proofs of concurrency, smaller."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from bench.in_process import Turns, pipeline
from bench.kinds import FAILING, PLAIN
from bench.parts.soak import goals
from bench.soaking import soak
from bench.verify import mistakes

AT_ONCE = 50
STRETCH = 200.0
MOST_THREADS = 600

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("turns at once")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def warm() -> AsyncIterator[Turns]:
    async with pipeline(at_once=AT_ONCE, stretch=STRETCH) as turns:
        yield turns


@pytest.fixture
def turns(warm: Turns) -> Turns:
    warm.forget()
    return warm


async def test_given_fifty_turns_at_once_when_all_have_ended_then_each_got_and_saved_its_own(turns: Turns) -> None:
    outcomes = await asyncio.gather(*(turns.take(number) for number in range(AT_ONCE)))

    assert mistakes(turns, outcomes) == []


async def test_given_every_failing_dependency_at_once_then_each_turn_names_its_own_fallbacks(turns: Turns) -> None:
    kinds = [*FAILING, *PLAIN]

    outcomes = await asyncio.gather(*(turns.take(number, kind) for number, kind in enumerate(kinds)))

    assert [set(one.reply["degraded"]) for one in outcomes] == [set(kind.degraded) for kind in kinds]
    assert mistakes(turns, outcomes) == []


async def test_given_three_hundred_turns_when_all_have_ended_then_nothing_is_left_of_them(turns: Turns) -> None:
    read = [pair async for pair in soak(turns, total=300, batch=50, at_once=10)]

    wrong = [mistake for _, found in read for mistake in found]
    readings = [reading for reading, _ in read]
    assert wrong == []
    assert readings[-1].turns == 300
    assert [goal for goal in goals(readings, len(wrong), MOST_THREADS) if not goal.is_met] == []


async def test_given_answers_that_were_mixed_up_when_they_are_verified_then_they_are_found(turns: Turns) -> None:
    one, other = await asyncio.gather(turns.take(1, PLAIN[2]), turns.take(2, PLAIN[2]))

    mixed_up = [replace(one, record=other.record), replace(other, record=one.record)]

    assert len(mistakes(turns, mixed_up)) >= len(mixed_up)


async def test_given_a_turn_that_was_not_saved_when_it_is_verified_then_it_is_found(turns: Turns) -> None:
    outcome = await turns.take(1)
    turns.forget()

    assert any("saved as []" in mistake for mistake in mistakes(turns, [outcome]))
