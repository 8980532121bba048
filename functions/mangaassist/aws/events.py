"""Events of the pipeline, published on its bus."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mangaassist.aws.calls import Dependency, call_within
from mangaassist.aws.clients import client
from mangaassist.errors import EventsError, EventsTimeoutError

SOURCE = "mangaassist.chat"
DetailType = Literal["TurnCompleted", "HandoverRequested"]

EVENTS = Dependency("events", EventsError, EventsTimeoutError)


@dataclass(frozen=True)
class EventBus:
    name: str

    def publish(self, detail_type: DetailType, detail: Mapping[str, Any], *, budget_ms: int) -> None:
        """Put one event on the bus.

        Raises EventsError when the bus does not take it, EventsTimeoutError.
        """
        entry = {
            "EventBusName": self.name,
            "Source": SOURCE,
            "DetailType": detail_type,
            "Detail": json.dumps(detail, ensure_ascii=False),
        }
        answer = call_within(budget_ms, lambda: client("events").put_events(Entries=[entry]), EVENTS)
        if "FailedEntryCount" not in answer:
            raise EventsError(f"EventBridge's answer to a {detail_type} does not say whether it was taken")
        if answer["FailedEntryCount"]:
            raise EventsError(f"EventBridge refused a {detail_type}: {answer['Entries'][0].get('ErrorCode')}")
