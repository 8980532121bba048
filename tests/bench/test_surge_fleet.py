"""What a surge is replayed on: its traffic, instances that take so much and come late, target tracking."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bench.endpoints.targets import RefusedError
from bench.surge.fleet import Instance, LaggingFleet
from bench.surge.tracking import TargetTracking
from bench.surge.traffic import Surge
from local.alarms import ActionFailedError
from local.clock import sleep
from local.clock.virtual import VirtualClock, run_virtually

SURGE = Surge(ordinary=600, peak=1_800, rise=3, until=15, over=120)


def test_traffic_triples_stays_and_goes_back() -> None:
    assert [SURGE.at(minute) for minute in (-1, 0, 1.5, 3, 14.9, 120, 200)] == [600, 600, 1_200, 1_800, 1_800, 600, 600]
    assert 600 < SURGE.at(60) < 1_800


@pytest.mark.parametrize("share", [1.0, 1 / 15])
def test_a_share_of_the_traffic_has_every_minutes_due_number_of_requests(share: float) -> None:
    arrivals = list(SURGE.arrivals(-2, 20, share=share, seed=1))
    by_minute = Counter(int(minute // 1) for minute in arrivals)

    assert arrivals == sorted(arrivals)
    assert all(abs(by_minute[minute] - SURGE.at(minute) * share) <= 2 for minute in (-2, -1, 5, 10, 14))
    assert arrivals == list(SURGE.arrivals(-2, 20, share=share, seed=1))
    assert arrivals != list(SURGE.arrivals(-2, 20, share=share, seed=2))


def virtually(play: Callable[[VirtualClock], Coroutine[Any, Any, None]]) -> None:
    run_virtually(play)


async def offered(instance: Instance, a_second: int, seconds: int) -> int:
    """How many of the requests an instance took."""
    taken = 0

    async def ask() -> None:
        nonlocal taken
        try:
            await instance.turn()
        except RefusedError:
            return
        taken += 1

    async with asyncio.TaskGroup() as asking:
        for _ in range(a_second * seconds):
            asking.create_task(ask())
            await asyncio.sleep(1 / a_second)
    return taken


@pytest.mark.parametrize(("a_second", "share"), [(4, 1.0), (5, 1.0), (10, 0.5)])
def test_an_instance_takes_what_its_limit_allows_and_refuses_the_rest(a_second: int, share: float) -> None:
    async def play(_: VirtualClock) -> None:
        taken = await offered(Instance(limit=300, burst=4, patience_s=0.2), a_second, 60)
        assert taken == pytest.approx(share * a_second * 60, abs=6)

    virtually(play)


def test_an_instance_takes_a_burst_at_once_and_lets_as_many_wait_as_its_patience_holds() -> None:
    async def play(clock: VirtualClock) -> None:
        instance, waited = Instance(limit=60, burst=2, patience_s=1.0), []
        for _ in range(4):
            began = clock.now()
            await instance.turn()
            waited.append(round(clock.now() - began))
        assert waited == [0, 0, 0, 1], "one runs, two more are its burst, and the fourth waits for its turn"

    virtually(play)


def fleet(clock: VirtualClock) -> LaggingFleet:
    found = LaggingFleet(clock, (2, 20), lambda: Instance(400, 4, 0.2), random.Random(1))
    found.start(4)
    return found


def test_given_instances_that_are_ordered_when_five_to_eight_minutes_pass_then_they_serve() -> None:
    async def play(clock: VirtualClock) -> None:
        one = fleet(clock)
        await one.set_capacity("", 10)
        serving = []
        for _ in range(9):
            await sleep(clock, 60)
            serving.append(len(one.serving))
        assert serving[3] == 4
        assert 4 < serving[6] < 10
        assert serving[7:] == [10, 10]
        assert (await one.capacity(""), one.highest) == (10, 10)

    virtually(play)


def test_given_instances_on_their_way_when_more_are_ordered_then_that_is_refused_until_they_serve() -> None:
    async def play(clock: VirtualClock) -> None:
        one = fleet(clock)
        await one.set_capacity("", 6)
        with pytest.raises(ActionFailedError, match="on their way"):
            await one.set_capacity("", 8)
        await sleep(clock, 8 * 60)
        await one.set_capacity("", 8)
        assert await one.capacity("") == 8

    virtually(play)


def test_an_instance_is_paid_for_from_its_order_until_it_is_removed() -> None:
    async def play(clock: VirtualClock) -> None:
        one = fleet(clock)
        await sleep(clock, 3_600)
        await one.set_capacity("", 6)
        await sleep(clock, 3_600)
        await one.set_capacity("", 2)
        await sleep(clock, 3_600)
        assert one.instance_hours() == pytest.approx(4 + 6 + 2)

    virtually(play)


@pytest.mark.parametrize(("capacity", "value", "wanted"), [(4, 500, 10), (4, 201, 5), (10, 100, 5), (4, 200, 4)])
def test_target_tracking_asks_for_instances_in_proportion(capacity: int, value: float, wanted: int) -> None:
    policy = TargetTracking("arn", "tracking", "target", 200)

    latest = policy.value([1.0, value], rises=True)
    assert policy.desired(capacity, latest, 200, rises=value > 200) == wanted
