"""The release calendar that operators keep, an iCalendar file (RFC 5545), as releases.

Of an event are read: SUMMARY, DTSTART with a time zone, its end or duration, its recurrences and their exceptions,
STATUS, CATEGORIES (the kind of release), X-MANGAASSIST-REGION (for events of whole days) and X-MANGAASSIST-MULTIPLIER
(peak traffic over ordinary traffic).
"""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mangaassist.policy.capacity import CalendarError, Release

if TYPE_CHECKING:
    from icalendar import Calendar, Event

# What an event without a multiplier of its own is taken for. A weekly chapter was seen to triple the traffic.
MULTIPLIERS = {"chapter": 3.0, "volume": 2.0, "anniversary": 2.0, "prime-day": 4.0}
UNKNOWN_KIND = 3.0
HIGHEST_MULTIPLIER = 20.0
CANCELLED = "CANCELLED"

# An all-day event lasts from the first midnight to the last one in the time zones of its regions.
ZONES = {"JP": ("Asia/Tokyo",), "US": ("America/New_York", "America/Los_Angeles")}
DAY = timedelta(days=1)


def releases_between(text: str, start: datetime, end: datetime) -> list[Release]:
    """The releases that take place, at least in part, from `start` to `end`, in order; cancelled ones left out.

    Raises CalendarError, naming the event and what to mend.
    """
    import recurring_ical_events

    calendar = _parsed(text)
    for event in calendar.events:
        _check(event)
    try:
        occurrences = recurring_ical_events.of(calendar).between(start - DAY, end + DAY)
    except (ValueError, KeyError, TypeError) as error:
        raise CalendarError(f"a recurrence rule cannot be followed: {error}") from error
    releases = [_release(event) for event in occurrences if event.get("STATUS") != CANCELLED]
    overlapping = [release for release in releases if release.starts_at < end and release.ends_at > start]
    return sorted(overlapping, key=lambda release: (release.starts_at, release.title))


def _parsed(text: str) -> "Calendar":
    from icalendar import Calendar

    try:
        return Calendar.from_ical(text)
    except (ValueError, IndexError) as error:
        raise CalendarError(f"not an iCalendar file: {error}") from error


def _check(event: "Event") -> None:
    starts_at, ends_at = _times(event)
    if ends_at <= starts_at:
        raise _problem(
            event, "does not end after it starts: give it a DTEND or a DURATION for which traffic stays high"
        )
    _multiplier(event)


def _release(event: "Event") -> Release:
    starts_at, ends_at = _times(event)
    return Release(str(event.get("SUMMARY", "")), starts_at, ends_at, _multiplier(event))


def _times(event: "Event") -> tuple[datetime, datetime]:
    from icalendar.error import IncompleteComponent, InvalidCalendar

    try:
        first, last = event.start, event.end
    except (InvalidCalendar, IncompleteComponent) as error:
        raise _problem(event, f"has no usable time: {error}") from error
    if isinstance(first, datetime) and isinstance(last, datetime):
        return _aware(event, first), _aware(event, last)
    return min(_midnights(event, first)), max(_midnights(event, last))


def _aware(event: "Event", moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise _problem(event, "needs a time zone: write DTSTART;TZID=Asia/Tokyo, or a time that ends in Z")
    return moment


def _midnights(event: "Event", day: date) -> list[datetime]:
    """The moments at which a day begins in the event's regions; without any, in all of them."""
    regions = str(event.get("X-MANGAASSIST-REGION") or ",".join(ZONES)).replace("\\", "").split(",")
    unknown = [region for region in regions if region not in ZONES]
    if unknown:
        raise _problem(event, f"has a region that is none of {', '.join(ZONES)}: {', '.join(unknown)}")
    return [datetime.combine(day, time(), ZoneInfo(zone)) for region in regions for zone in ZONES[region]]


def _multiplier(event: "Event") -> float:
    own = event.get("X-MANGAASSIST-MULTIPLIER")
    if own is None:
        return MULTIPLIERS.get(_kind(event), UNKNOWN_KIND)
    try:
        multiplier = float(own)
    except ValueError:
        raise _problem(event, f"has a multiplier that is no number: {own}") from None
    if not 1 <= multiplier <= HIGHEST_MULTIPLIER:
        raise _problem(event, f"has a multiplier outside 1 to {HIGHEST_MULTIPLIER:g}: {own}")
    return multiplier


def _kind(event: "Event") -> str:
    categories = event.get("CATEGORIES")
    return str(categories.cats[0]).lower() if categories and categories.cats else ""


def _problem(event: "Event", what: str) -> CalendarError:
    return CalendarError(f"event {event.get('UID', 'without a UID')} ({event.get('SUMMARY', 'no summary')}) {what}")
