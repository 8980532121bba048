"""Branches that run side by side."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from local.stepfunctions.errors import StateError
from local.stepfunctions.execution import Branch
from local.stepfunctions.history import History
from local.stepfunctions.json_types import JSON


class BranchGroup:
    """Branches that run side by side, at most `limit` at a time; the first failure stops all others at once."""

    def __init__(self, parent: Branch, limit: int | None = None) -> None:
        self.parent = parent
        self._room = None if limit is None else asyncio.Semaphore(limit)
        self.branches: list[Branch] = []
        self.tasks: list[asyncio.Task[JSON]] = []
        self.failure: StateError | None = None

    def start(
        self,
        label: str,
        work: Callable[[Branch], Awaitable[JSON]],
        context: Mapping[str, JSON] | None = None,
        history: History | None = None,
    ) -> asyncio.Task[JSON]:
        """Start a branch: its path is the parent's with `label` behind, its history the parent's or one of its own."""
        parent = self.parent
        path = f"{parent.path}/{label}" if parent.path else label
        branch = Branch(
            parent.execution,
            path,
            dict(parent.variables),
            history or parent.history,
            {**parent.context, **(context or {})},
        )
        task = asyncio.get_running_loop().create_task(self._guard(branch, work))
        self.branches.append(branch)
        self.tasks.append(task)
        return task

    async def results(self) -> list[JSON]:
        """The results in order, once every branch has ended; raises the first failure."""
        if not self.tasks:
            return []
        self.parent.groups.append(self)
        try:
            await asyncio.wait(self.tasks)
        except asyncio.CancelledError:
            self.stop()
            await asyncio.wait(self.tasks)
            raise
        finally:
            self.parent.groups.remove(self)
        if self.failure is not None:
            raise self.failure
        return [task.result() for task in self.tasks]

    def stop(self) -> None:
        """Cancel every wait and backoff, and let no further state start. Functions that were invoked run on."""
        for branch in self.branches:
            branch.stop()
        running = asyncio.current_task()
        for task in self.tasks:
            if task is not running:
                task.cancel()

    async def _guard(self, branch: Branch, work: Callable[[Branch], Awaitable[JSON]]) -> JSON:
        try:
            if self._room is None:
                return await work(branch)
            async with self._room:
                return await work(branch)
        except StateError as error:
            if self.failure is None:
                self.failure = error
            self.stop()
            return None
