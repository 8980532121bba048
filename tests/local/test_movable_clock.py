"""A clock that is moved forward."""

import asyncio
import time

from local.clock import sleep
from local.clock.movable import MovableClock


async def _settled() -> None:
    await asyncio.sleep(0)


async def test_given_timers_when_the_clock_is_moved_then_they_ring_in_order_each_at_its_own_time() -> None:
    clock, rung = MovableClock(), []
    began = clock.now()

    def ring(name: str) -> None:
        rung.append((name, round(clock.now() - began)))

    def set_another() -> None:
        clock.call_later(60, lambda: ring("set meanwhile"))

    clock.call_later(7_200, lambda: ring("late"))
    clock.call_later(60, set_another)
    clock.call_later(30, lambda: ring("cancelled")).cancel()
    clock.call_later(100_000, lambda: ring("beyond"))
    assert await clock.advance_to(began + 7_200, _settled) == 3
    assert rung == [("set meanwhile", 120), ("late", 7_200)]
    assert clock.now() >= began + 7_200


async def test_given_a_moment_that_is_past_when_the_clock_is_moved_then_it_stays() -> None:
    clock = MovableClock()
    await clock.advance_to(clock.now() + 60, _settled)
    ahead = clock.now() - time.time()
    await clock.advance_to(clock.now() - 3_600, _settled)
    assert clock.now() - time.time() >= ahead - 1e-3


async def test_given_a_clock_that_nobody_moves_when_time_passes_then_its_timers_ring() -> None:
    clock = MovableClock()
    async with asyncio.timeout(5):
        await sleep(clock, 0.01)
        await clock.advance_to(clock.now() + 3_600, _settled)
        await sleep(clock, 0.01)
