"""What is wrong with a calendar, event by event, each with what to mend."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mangaassist.release_calendar.fields import FieldError, kind_of, multiplier_of, times_of

if TYPE_CHECKING:
    from icalendar import Event

# Far more often than anything is released, and enough to exhaust whoever expands it.
TOO_OFTEN = frozenset({"SECONDLY", "MINUTELY", "HOURLY"})
LONGEST = timedelta(days=31)


def problems(events: Sequence["Event"]) -> list[str]:
    """Every problem, in the order of the events; none for a calendar that can be planned from."""
    return [f"event {name_of(event)} {problem}" for event, problem in _all(events)]


def name_of(event: "Event") -> str:
    """How an operator finds it."""
    return f"{event.get('UID', 'without a UID')} ({event.get('SUMMARY', 'no summary')})"


def _all(events: Sequence["Event"]) -> Iterator[tuple["Event", str]]:
    for event in events:
        broken = [f"has a broken {name}: {problem}" for name, problem in event.errors]
        for problem in broken or _of(event):
            yield event, problem
    yield from _repeated(events)
    yield from _astray(events)


def _of(event: "Event") -> Iterator[str]:
    for check in (_identity, _duration, _recurrence, kind_of, multiplier_of):
        try:
            check(event)
        except FieldError as error:
            yield str(error)


def _identity(event: "Event") -> None:
    for name in ("UID", "SUMMARY"):
        if not str(event.get(name, "")).strip():
            raise FieldError(f"has no {name}, by which it is known from one plan to the next")


def _duration(event: "Event") -> None:
    starts_at, ends_at = times_of(event)
    if ends_at <= starts_at:
        raise FieldError("does not end after it starts: give it a DTEND or a DURATION for which traffic stays high")
    if ends_at - starts_at > LONGEST:
        raise FieldError(f"lasts more than {LONGEST.days} days: check its DTEND")


def _recurrence(event: "Event") -> None:
    rules = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        for frequency in TOO_OFTEN.intersection(rule.get("FREQ", [])):
            raise FieldError(f"has a recurrence rule of FREQ={frequency}: releases come daily at most")


def _repeated(events: Sequence["Event"]) -> Iterator[tuple["Event", str]]:
    """Two events may share a UID only where one of them is an instance of the other."""
    seen = set()
    for event in events:
        key = (str(event.get("UID")), _instance(event))
        if key in seen:
            of_it = " for the same instance" if key[1] else ""
            yield event, f"has a UID that another event has{of_it}: each UID may stand once"
        seen.add(key)


def _astray(events: Sequence["Event"]) -> Iterator[tuple["Event", str]]:
    """An instance that is moved or cancelled belongs to a series."""
    series = {str(event.get("UID")) for event in events if "RECURRENCE-ID" not in event}
    for event in events:
        if "RECURRENCE-ID" in event and str(event.get("UID")) not in series:
            yield event, "moves or cancels an instance of a series that is not there: its UID must be the series' own"


def _instance(event: "Event") -> datetime | None:
    recurrence = event.get("RECURRENCE-ID")
    return getattr(recurrence, "dt", None)
