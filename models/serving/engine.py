"""Bounded inference in a few threads, so that the event loop stays free to answer /ping."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from models.errors import ModelsError
from models.serving.servable import Servable


class OverloadedError(ModelsError):
    """More items are waiting than could be answered in time; answered with 503."""


class Engine:
    """Runs one model's items on `workers` threads and refuses what would have to wait too long."""

    def __init__(self, servable: Servable, *, workers: int) -> None:
        """Start the pool; `close` ends it."""
        self.servable = servable
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix=servable.name)
        self._waiting = 0

    async def answer(self, body: bytes) -> bytes:
        """JSON response to a JSON request; InvalidRequestError or OverloadedError, the latter at once."""
        items = self.servable.items(body)
        if self._waiting + len(items) > self.servable.max_waiting:
            raise OverloadedError(
                f"{self._waiting} items are waiting and {self.servable.max_waiting} may; try again or add instances"
            )
        results = await self._infer(items)
        return self.servable.response(results).model_dump_json().encode()

    async def _infer(self, items: Sequence[Any]) -> list[Any]:
        loop = asyncio.get_running_loop()
        self._waiting += len(items)
        tasks = [loop.run_in_executor(self._pool, self.servable.infer, item) for item in items]
        for task in tasks:
            task.add_done_callback(self._done)
        return await asyncio.gather(*tasks)

    def _done(self, _: "asyncio.Future[Any]") -> None:
        self._waiting -= 1

    async def warm_up(self) -> int:
        """Answer the model's synthetic requests one after the other; their number."""
        requests = self.servable.synthetic_requests()
        for body in requests:
            await self.answer(body)
        return len(requests)

    def close(self) -> None:
        """Wait for the items in work and end the threads."""
        self._pool.shutdown(wait=True)
