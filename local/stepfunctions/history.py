"""How long an execution's event history would be on AWS, where a Standard execution may have 25,000 events.

Nothing is written here but the number; the record says what happened. Counted are: the start of the execution; each
state entered, and left by Next or End; three events for an attempt of a Task (scheduled, started, ended), one more for
one that waits for a token (submitted); two for an attempt of a Parallel or Map and two for each item of a Map (started,
ended), four for a distributed Map, whose items have a history each. Those of an attempt are counted when it begins.
https://docs.aws.amazon.com/step-functions/latest/dg/bp-history-limit.html
"""

from dataclasses import dataclass
from typing import Final

from local.stepfunctions.errors import StatesRuntimeError

TASK_EVENTS: Final = 3
TOKEN_EVENTS: Final = 1
BRANCHES_EVENTS: Final = 2
ITEM_EVENTS: Final = 2
DISTRIBUTED_EVENTS: Final = 4


@dataclass(slots=True)
class History:
    """Events so far. The last of the limit is kept for the end of the execution."""

    limit: int | None
    events: int = 1

    def add(self, events: int = 1) -> int:
        """Count events and give the id of the last; raises States.Runtime where there is no room."""
        if self.limit is not None and self.events + events >= self.limit:
            error = StatesRuntimeError(f"The execution reached the maximum number of history events ({self.limit}).")
            error.located = True
            raise error
        self.events += events
        return self.events
