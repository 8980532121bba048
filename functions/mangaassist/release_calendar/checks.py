"""What is wrong with a calendar, event by event, each with what to mend."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mangaassist.release_calendar.fields import MULTIPLIER, REGION, FieldError, kind_of, multiplier_of, times_of
from mangaassist.release_calendar.rules import check_rules

if TYPE_CHECKING:
    from icalendar import Event

LONGEST = timedelta(days=31)
YEARS = range(2000, 2100)
# Of which an event has one at most; a repeated one would be two answers to one question.
ONCE = ("SUMMARY", "DTSTART", "DTEND", "DURATION", "RRULE", "RECURRENCE-ID", "STATUS", "CATEGORIES", MULTIPLIER, REGION)


def problems(events: Sequence["Event"]) -> list[str]:
    """Every problem, in the order of the events; none for a calendar that can be planned from."""
    return [f"event {name_of(event)} {problem}" for event, problem in _all(events)]


def name_of(event: "Event") -> str:
    """How an operator finds it."""
    return f"{event.get('UID', 'without a UID')} ({event.get('SUMMARY', 'no summary')})"


def _all(events: Sequence["Event"]) -> Iterator[tuple["Event", str]]:
    whole = []
    for event in events:
        found = [f"has a broken {name}: {problem}" for name, problem in event.errors] or list(_of(event))
        yield from ((event, problem) for problem in found)
        if not found:
            whole.append(event)
    yield from _repeated(whole)
    yield from _astray(whole, {str(event.get("UID")) for event in events if "RECURRENCE-ID" not in event})


def _of(event: "Event") -> Iterator[str]:
    repeated = [name for name in ONCE if isinstance(event.get(name), list)]
    if repeated:
        yield f"has more than one {', '.join(repeated)}"
        return
    for check in (_identity, _duration, check_rules, kind_of, multiplier_of):
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
    if {starts_at.year, ends_at.year} - set(YEARS):
        raise FieldError(f"takes place in {starts_at.year}: check its DTSTART")
    if ends_at <= starts_at:
        raise FieldError("does not end after it starts: give it a DTEND or a DURATION for which traffic stays high")
    if ends_at - starts_at > LONGEST:
        raise FieldError(f"lasts more than {LONGEST.days} days: check its DTEND")


def _repeated(events: Sequence["Event"]) -> Iterator[tuple["Event", str]]:
    """Two events may share a UID only where one of them is an instance of the other."""
    seen = set()
    for event in events:
        key = (str(event.get("UID")), _instance(event))
        if key in seen:
            of_it = " for the same instance" if key[1] else ""
            yield event, f"has a UID that another event has{of_it}: each UID may stand once"
        seen.add(key)


def _astray(events: Sequence["Event"], series: set[str]) -> Iterator[tuple["Event", str]]:
    """An instance that is moved or cancelled belongs to a series."""
    for event in events:
        if "RECURRENCE-ID" in event and str(event.get("UID")) not in series:
            yield event, "moves or cancels an instance of a series that is not there: its UID must be the series' own"


def _instance(event: "Event") -> datetime | None:
    recurrence = event.get("RECURRENCE-ID")
    return getattr(recurrence, "dt", None)
