"""The entries of a PutEvents: each becomes an event, or says why not.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from local.events.errors import EventsError
from local.events.rules import bus_name

LARGEST_REQUEST_BYTES: Final = 1024 * 1024
"""As botocore 1.44's service model says; it was 256 KiB before, and other services' own limits stay what they are."""
MOST_ENTRIES: Final = 10
_TIME_BYTES: Final = 14
_REQUIRED: Final = ("Source", "DetailType", "Detail")
Entry = Mapping[str, Any]


class InvalidRequestError(EventsError):
    """A PutEvents that EventBridge refuses as a whole."""


class InvalidEntryError(EventsError):
    """An entry that EventBridge refuses alone."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Origin:
    """Where events come from: what their account and region say."""

    account: str
    region: str

    def arn(self, path: str, service: str = "events") -> str:
        """The ARN of something of this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{path}"

    def event(
        self, *, source: str, detail_type: str, resources: Sequence[str], detail: Any, at: float
    ) -> dict[str, Any]:
        """An event as targets see it; `at` in epoch seconds."""
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": detail_type,
            "source": source,
            "account": self.account,
            "time": iso_time(at),
            "region": self.region,
            "resources": list(resources),
            "detail": detail,
        }


@dataclass(frozen=True)
class Published:
    """An event and its bus."""

    bus: str
    event: dict[str, Any]


def iso_time(moment: float) -> str:
    """Epoch seconds as 2026-11-24T03:00:00Z."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def check_request(entries: Any) -> None:
    """Raises InvalidRequestError for too many entries, or too large ones."""
    if not isinstance(entries, list) or not 1 <= len(entries) <= MOST_ENTRIES:
        raise InvalidRequestError(
            "1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length"
            f" less than or equal to {MOST_ENTRIES} and greater than or equal to 1"
        )
    if sum(map(_size, entries)) >= LARGEST_REQUEST_BYTES:
        raise InvalidRequestError("Total size of the entries in the request is over the limit.")


def read_entry(entry: Entry, origin: Origin, now: float) -> Published:
    """The event of an entry; raises InvalidEntryError."""
    for name in _REQUIRED:
        if not entry.get(name):
            message = f"Parameter {name} is not valid. Reason: {name} is a required argument."
            raise InvalidEntryError("InvalidArgument", message)
    if str(entry["Source"]).startswith("aws."):
        raise InvalidEntryError("NotAuthorizedForSourceException", "Not authorized for the source.")
    time = entry.get("Time")
    event = origin.event(
        source=entry["Source"],
        detail_type=entry["DetailType"],
        resources=entry.get("Resources") or (),
        detail=_detail(entry["Detail"]),
        at=now if time is None else float(time),
    )
    return Published(bus_name(entry.get("EventBusName")), event)


def _detail(text: str) -> dict[str, Any]:
    try:
        detail = json.loads(text)
    except ValueError:
        detail = None
    if not isinstance(detail, dict):
        raise InvalidEntryError("MalformedDetail", "Detail is malformed.")
    return detail


def _size(entry: Entry) -> int:
    """Bytes as EventBridge counts them."""
    texts = [entry.get("Source"), entry.get("DetailType"), entry.get("Detail"), *(entry.get("Resources") or ())]
    size = sum(len(str(text).encode()) for text in texts if text is not None)
    return size + (_TIME_BYTES if "Time" in entry else 0)
