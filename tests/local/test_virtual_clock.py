"""Virtual time: it jumps while everything waits, and stands still while a thread works."""

import asyncio
import threading

import pytest

from local.clock import sleep
from local.clock.virtual import DeadlockError, VirtualClock, run_virtually

CENTURY = 100 * 365 * 86_400


def test_given_timers_a_century_apart_when_they_are_waited_for_then_each_comes_at_its_time() -> None:
    async def main(clock: VirtualClock) -> list[float]:
        times = []
        for seconds in (0.001, CENTURY, 0.001, 1):
            await sleep(clock, seconds)
            times.append(clock.elapsed())
        return times

    assert run_virtually(main) == pytest.approx([0.001, CENTURY + 0.001, CENTURY + 0.002, CENTURY + 1.002])


def test_given_a_thread_that_works_when_a_timer_is_set_then_time_waits_for_the_thread() -> None:
    looked, rung = threading.Event(), threading.Event()

    def work() -> bool:
        looked.set()
        return rung.wait(0.05)

    async def main(clock: VirtualClock) -> tuple[bool, float]:
        clock.call_later(60, rung.set)
        return await asyncio.to_thread(work), clock.elapsed()

    assert run_virtually(main) == (False, 0)
    assert looked.is_set()


def test_given_a_thread_that_has_ended_when_time_goes_on_then_timers_run_again() -> None:
    async def main(clock: VirtualClock) -> float:
        assert await asyncio.gather(*(asyncio.to_thread(pow, 2, power) for power in range(3))) == [1, 2, 4]
        await sleep(clock, 60)
        return clock.elapsed()

    assert run_virtually(main) == 60


def test_given_nothing_left_to_happen_when_virtual_time_waits_then_it_says_so_instead_of_hanging() -> None:
    async def main(_: VirtualClock) -> None:
        await asyncio.get_running_loop().create_future()

    with pytest.raises(DeadlockError):
        run_virtually(main)
