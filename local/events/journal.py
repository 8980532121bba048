"""What happened lately: the events that were published, how each delivery went, and each asynchronous invocation."""

import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

KEPT: Final = 500

DeliveryOutcome = Literal["pending", "delivered", "dead-lettered", "dropped"]
InvocationOutcome = Literal["pending", "succeeded", "failed", "expired"]


@dataclass
class DeliveryRecord:
    """One event or invocation on its way to one target. `attempts` are the times at which it was sent (epoch s)."""

    origin: str
    target: str
    event_id: str
    attempts: list[float] = field(default_factory=list)
    outcome: DeliveryOutcome = "pending"
    error: str | None = None


@dataclass
class InvocationRecord:
    """One event in the queue of a function. `attempts` are the times at which it ran (epoch s)."""

    function: str
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    attempts: list[float] = field(default_factory=list)
    outcome: InvocationOutcome = "pending"
    error: str | None = None


class Journal:
    """The latest of each, oldest first."""

    def __init__(self, kept: int = KEPT) -> None:
        self.events: deque[Mapping[str, Any]] = deque(maxlen=kept)
        self.deliveries: deque[DeliveryRecord] = deque(maxlen=kept)
        self.invocations: deque[InvocationRecord] = deque(maxlen=kept)

    def published(self, event: Mapping[str, Any]) -> None:
        """An event came to a bus."""
        self.events.append(event)

    def delivery(self, origin: str, target: str, event_id: str) -> DeliveryRecord:
        """A delivery began."""
        self.deliveries.append(DeliveryRecord(origin, target, event_id))
        return self.deliveries[-1]

    def invocation(self, function: str) -> InvocationRecord:
        """A function's queue took an event."""
        self.invocations.append(InvocationRecord(function))
        return self.invocations[-1]

    def as_json(self) -> dict[str, list[Any]]:
        """All of it."""
        return {
            "events": list(self.events),
            "deliveries": [asdict(record) for record in self.deliveries],
            "invocations": [asdict(record) for record in self.invocations],
        }
