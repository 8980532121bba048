"""A compiled sequence of states, and the walk through it."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from local.stepfunctions.errors import StateError, StatesRuntimeError
from local.stepfunctions.execution import Branch, Outcome, Visit
from local.stepfunctions.json_types import JSON
from local.stepfunctions.record import StateRecord

MAX_STATES: Final = 25_000
_STATES_BETWEEN_PAUSES: Final = 256

logger = logging.getLogger(__name__)


class State(Protocol):
    """A compiled state."""

    @property
    def type(self) -> str:
        """The state type as the definition spells it."""

    async def run(self, visit: Visit) -> Outcome:
        """Do the work of the state; raises StateError."""


@dataclass(frozen=True, slots=True)
class Graph:
    """The states of a machine, of a branch or of an item processor."""

    start: str
    states: Mapping[str, State]

    async def run(self, branch: Branch, value: JSON) -> JSON:
        """Walk from the start to an end; raises StateError where a state fails and nothing catches it."""
        name: str | None = self.start
        while name is not None:
            if branch.stopped:
                raise asyncio.CancelledError
            value, name = await self._visit(name, branch, value)
        return value

    async def _visit(self, name: str, branch: Branch, value: JSON) -> Outcome:
        state = self.states[name]
        execution = branch.execution
        event = branch.history.add()
        record = StateRecord(name, state.type, branch.path, execution.milliseconds(), value)
        execution.events.append(record)
        visit = Visit(branch, record, value, event)
        try:
            if len(execution.events) % _STATES_BETWEEN_PAUSES == 0:
                await _pace(len(execution.events))
            outcome = await state.run(visit)
            branch.history.add()
        except StateError as error:
            visit.leave("failed", error=visit.located(error))
            raise
        except asyncio.CancelledError:
            visit.leave("aborted")
            raise
        except Exception as unexpected:
            logger.exception("State '%s' failed unexpectedly", name)
            failure = visit.located(StatesRuntimeError(f"{type(unexpected).__name__}: {unexpected}"))
            visit.leave("failed", error=failure)
            raise failure from unexpected
        visit.leave("caught" if record.error is not None else "succeeded", outcome.output)
        return outcome


async def _pace(entered: int) -> None:
    """Let others run, and end what would loop without end: AWS sets no limit, memory does."""
    await asyncio.sleep(0)
    if entered > MAX_STATES:
        raise StatesRuntimeError(f"The execution entered more than {MAX_STATES} states.")
