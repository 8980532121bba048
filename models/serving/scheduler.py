"""Bounded inference in a few threads that all models of a process share, so that the event loop stays free for /ping.

A worker that becomes free takes the next model in turn and, of what waits for it, as many items as may share a run.
Under light load a run is one item and starts at once; batches form only where requests wait already.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from models.errors import OverloadedError
from models.serving.batching import Batching
from models.serving.servable import Servable

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Item:
    """One unit of work; `due` is the loop's time at which it waits for companions no longer."""

    value: Any
    bucket: int
    due: float
    result: asyncio.Future[Any]


class Lane:
    """One model's queue. `unfinished` counts the items that wait or are in work."""

    def __init__(self, servable: Servable) -> None:
        self.servable = servable
        self.waiting: deque[_Item] = deque()
        self.unfinished = 0
        self.idle = asyncio.Event()
        self.idle.set()

    @property
    def batching(self) -> Batching:
        return self.servable.batching

    def due(self, now: float) -> bool:
        """Whether a run may start: a full batch waits, or its oldest item has waited long enough."""
        return bool(self.waiting) and (self.waiting[0].due <= now or len(self._next()) >= self.batching.max_batch)

    def take(self) -> list[_Item]:
        """The oldest item and those behind it that may share its run."""
        batch = self._next()
        for item in batch:
            self.waiting.remove(item)
        return batch

    def _next(self) -> list[_Item]:
        alike = [item for item in self.waiting if item.bucket == self.waiting[0].bucket]
        return alike[: self.batching.max_batch]

    def done(self, _: asyncio.Future[Any]) -> None:
        self.unfinished -= 1
        if not self.unfinished:
            self.idle.set()


class Scheduler:
    """`workers` threads over the lanes of the loaded models. Everything but inference happens on the event loop."""

    def __init__(self, workers: int) -> None:
        """Start the pool; `close` ends it."""
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="inference")
        self._free = workers
        self._lanes: deque[Lane] = deque()
        self._runs: set[asyncio.Task[None]] = set()

    def open(self, servable: Servable) -> Lane:
        """A lane for a model."""
        lane = Lane(servable)
        self._lanes.append(lane)
        return lane

    async def drop(self, lane: Lane) -> None:
        """Close a lane that nothing is sent to any more, once its items are done."""
        await lane.idle.wait()
        self._lanes.remove(lane)

    async def answer(self, lane: Lane, body: bytes) -> bytes:
        """JSON response to a JSON request; InvalidRequestError or OverloadedError, the latter at once."""
        values = lane.servable.items(body)
        most = lane.batching.max_waiting
        if lane.unfinished + len(values) > most:
            raise OverloadedError(f"{lane.unfinished} items are waiting and {most} may; try again or add instances")
        results = await asyncio.gather(*self._enqueue(lane, values))
        return lane.servable.response(results).model_dump_json().encode()

    def close(self) -> None:
        """Wait for the runs in work and end the threads."""
        self._pool.shutdown(wait=True)

    def _enqueue(self, lane: Lane, values: Sequence[Any]) -> list[asyncio.Future[Any]]:
        loop = asyncio.get_running_loop()
        due = loop.time() + lane.batching.max_wait_ms / 1000
        items = [
            _Item(value, lane.batching.bucket(lane.servable.length(value)), due, loop.create_future())
            for value in values
        ]
        for item in items:
            item.result.add_done_callback(lane.done)
        lane.unfinished += len(items)
        lane.idle.clear()
        lane.waiting.extend(items)
        if due > loop.time():
            loop.call_at(due, self._dispatch)
        self._dispatch()
        return [item.result for item in items]

    def _dispatch(self) -> None:
        while self._free and (lane := self._next_lane()):
            self._free -= 1
            run = asyncio.create_task(self._run(lane.servable, lane.take()))
            self._runs.add(run)
            run.add_done_callback(self._runs.discard)

    def _next_lane(self) -> Lane | None:
        """The lane whose turn it is: a model with a long queue cannot starve another."""
        now = asyncio.get_running_loop().time()
        for lane in self._lanes:
            if lane.due(now):
                self._lanes.remove(lane)
                self._lanes.append(lane)
                return lane
        return None

    async def _run(self, servable: Servable, batch: list[_Item]) -> None:
        values = [item.value for item in batch]
        results = await asyncio.get_running_loop().run_in_executor(self._pool, _infer, servable, values)
        self._free += 1
        for item, result in zip(batch, results, strict=True):
            if item.result.done():
                continue
            if isinstance(result, Exception):
                item.result.set_exception(result)
            else:
                item.result.set_result(result)
        self._dispatch()


def _infer(servable: Servable, values: Sequence[Any]) -> Sequence[Any]:
    """A result or an exception for each value: where a batch fails, its members run alone, so that one fails alone."""
    try:
        return servable.infer(values)
    except Exception as error:
        if len(values) == 1:
            return [error]
        _LOG.warning("a batch of %d failed and is run one by one: %r", len(values), error)
        return [result for value in values for result in _infer(servable, [value])]
