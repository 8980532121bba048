"""A clock that runs faster than its loop."""

import itertools

import pytest

from local.clock import sleep
from local.clock.compressed import CompressedClock
from local.clock.virtual import VirtualClock, run_virtually

NOON = 1_700_000_000.0


def test_given_a_factor_of_fifteen_when_a_quarter_of_an_hour_passes_then_the_loop_has_waited_a_minute() -> None:
    async def main(loop: VirtualClock) -> tuple[float, float]:
        clock = CompressedClock(NOON, 15)
        await sleep(clock, 900)
        return clock.now() - NOON, loop.elapsed()

    passed, waited = run_virtually(main)
    assert passed == pytest.approx(900, abs=0.1)
    assert waited == pytest.approx(60, abs=0.01)


def test_given_a_timer_for_a_full_minute_when_it_rings_then_the_minute_has_begun() -> None:
    async def main(_: VirtualClock) -> list[float]:
        clock, rung = CompressedClock(NOON, 7), []
        for _number in range(50):
            await sleep(clock, 60 - clock.now() % 60)
            rung.append(clock.now() // 60)
        return rung

    rung = run_virtually(main)
    assert [later - earlier for earlier, later in itertools.pairwise(rung)] == [1.0] * 49


def test_given_a_moment_that_has_passed_when_it_is_waited_for_then_it_rings_at_once() -> None:
    async def main(_: VirtualClock) -> float:
        clock = CompressedClock(NOON, 15)
        await sleep(clock, -5)
        return clock.now() - NOON

    assert run_virtually(main) < 1
