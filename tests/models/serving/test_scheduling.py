"""Batches, turns and the bounded queue, with a model that waits until a test lets it go on."""

import asyncio
from typing import Any

import pytest

from models.errors import OverloadedError
from models.serving.batching import Batching
from models.serving.scheduler import Scheduler
from tests.models.serving.fakes import FakeServable, invoke, ready, serving, waiting

IN_FOURS = Batching(max_batch=4, max_wait_ms=0, bucket_characters=8, max_waiting=16)


@pytest.fixture
def scheduler() -> Any:
    scheduler = Scheduler(workers=1)
    yield scheduler
    scheduler.close()


async def test_given_a_quiet_server_when_a_request_comes_then_it_runs_at_once_and_alone(scheduler: Scheduler) -> None:
    fake = FakeServable(IN_FOURS)
    lane = scheduler.open(fake)

    await scheduler.answer(lane, b"a")
    await scheduler.answer(lane, b"b")

    assert fake.runs == ["a", "b"]


async def test_given_requests_that_wait_when_a_worker_is_free_then_they_share_runs_by_length(
    scheduler: Scheduler,
) -> None:
    fake = FakeServable(IN_FOURS)
    lane = scheduler.open(fake)
    await fake.hold()
    first = asyncio.create_task(scheduler.answer(lane, b"a"))
    await fake.busy()
    others = [asyncio.create_task(scheduler.answer(lane, body)) for body in (b"b", b"CD", b"ef", b"gh")]
    await waiting(lane, 8)
    fake.release.set()
    answers = await asyncio.gather(first, *others)

    assert fake.runs == ["a", "befg", "CD", "h"]
    assert answers[2] == b'{"items":["C","D"]}'


async def test_given_a_wait_for_companions_then_a_run_starts_when_it_is_full(scheduler: Scheduler) -> None:
    fake = FakeServable(IN_FOURS.model_copy(update={"max_wait_ms": 60_000}))
    lane = scheduler.open(fake)

    await asyncio.gather(scheduler.answer(lane, b"ab"), scheduler.answer(lane, b"cd"))

    assert fake.runs == ["abcd"]


async def test_given_a_wait_for_companions_when_none_comes_then_the_run_starts_without_them(
    scheduler: Scheduler,
) -> None:
    fake = FakeServable(IN_FOURS.model_copy(update={"max_wait_ms": 1}))

    await scheduler.answer(scheduler.open(fake), b"a")

    assert fake.runs == ["a"]


async def test_given_a_member_that_fails_when_it_shares_a_run_then_only_its_own_request_fails(
    scheduler: Scheduler,
) -> None:
    fake = FakeServable(IN_FOURS)
    lane = scheduler.open(fake)
    await fake.hold()
    first = asyncio.create_task(scheduler.answer(lane, b"a"))
    await fake.busy()
    healthy, failing = (asyncio.create_task(scheduler.answer(lane, body)) for body in (b"b", b"!"))
    await waiting(lane, 3)
    fake.release.set()

    assert await healthy == b'{"items":["b"]}'
    with pytest.raises(RuntimeError, match="secret"):
        await failing
    await first


async def test_given_two_models_on_one_worker_when_one_has_a_long_queue_then_the_other_is_next(
    scheduler: Scheduler,
) -> None:
    order: list[str] = []

    class Ordered(FakeServable):
        def infer(self, items: Any) -> Any:
            results = super().infer(items)
            order.append("".join(items))
            return results

    long, short = Ordered(IN_FOURS.model_copy(update={"max_batch": 1})), Ordered(IN_FOURS)
    lanes = scheduler.open(long), scheduler.open(short)
    await long.hold()
    queue = asyncio.create_task(scheduler.answer(lanes[0], b"abcd"))
    await long.busy()
    other = asyncio.create_task(scheduler.answer(lanes[1], b"x"))
    await waiting(lanes[1], 1)
    long.release.set()
    await asyncio.gather(queue, other)

    assert order == ["a", "x", "b", "c", "d"]


async def test_given_a_full_queue_then_what_comes_is_refused_and_nothing_of_it_is_kept(scheduler: Scheduler) -> None:
    fake = FakeServable(IN_FOURS)
    lane = scheduler.open(fake)

    with pytest.raises(OverloadedError, match="16 may"):
        await scheduler.answer(lane, b"a" * 17)

    assert lane.unfinished == 0
    assert await scheduler.answer(lane, b"a" * 16)


async def test_given_a_full_queue_then_503_comes_at_once_and_ping_stays_answered(start: Any) -> None:
    fake = FakeServable()
    client = await start(serving(lambda _: fake))
    await ready(client)
    await fake.hold()
    first = asyncio.create_task(invoke(client, b"abcd"))
    await fake.busy()
    answer = await client.post("/invocations", data=b"e", headers={"Content-Type": "application/json"})
    assert answer.status == 503
    assert "Retry-After" in answer.headers
    assert (await client.get("/ping")).status == 200
    fake.release.set()
    assert await first == (200, {"items": ["a", "b", "c", "d"]})
    assert (await invoke(client, b"e"))[0] == 200


async def test_given_inference_that_fails_then_500_hides_the_reason_and_the_server_goes_on(start: Any) -> None:
    client = await start(serving(lambda _: FakeServable()))
    await ready(client)
    status, body = await invoke(client, b"!")
    assert status == 500
    assert "secret" not in body["error"]
    assert (await invoke(client, b"a"))[0] == 200
