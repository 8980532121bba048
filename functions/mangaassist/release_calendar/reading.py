"""From a calendar's text to the releases that take place."""

from collections.abc import Container, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mangaassist import tables
from mangaassist.policy.capacity import CalendarError
from mangaassist.policy.demand import Release
from mangaassist.release_calendar.checks import problems
from mangaassist.release_calendar.fields import kind_of, release_of
from mangaassist.release_calendar.json_form import calendar_of

if TYPE_CHECKING:
    from icalendar import Calendar as Parsed

CANCELLED = "CANCELLED"
PROBLEMS_SHOWN = 20
DAY = timedelta(days=1)


class Calendar:
    """A calendar without problems."""

    def __init__(self, events: "Parsed") -> None:
        self._events = events

    def between(self, start: datetime, end: datetime, uids: Container[str] | None = None) -> list[Release]:
        """The releases that take place, at least in part, from `start` to `end`, in order; cancelled ones left out.

        With `uids`, of these events only. Raises CalendarError.
        """
        import recurring_ical_events
        from icalendar import Calendar as Parsed

        chosen = Parsed()
        for component in [*self._events.timezones, *self._events.events]:
            if uids is None or component.name == "VTIMEZONE" or str(component.get("UID")) in uids:
                chosen.add_component(component)
        try:
            occurrences = recurring_ical_events.of(chosen).between(start - DAY, end + DAY)
            releases = [release_of(event) for event in occurrences if event.get("STATUS") != CANCELLED]
        except Exception as error:  # the library has no base error for what it cannot follow
            raise CalendarError(f"a recurrence rule cannot be followed: {error}") from error
        overlapping = [release for release in releases if release.starts_at < end and release.ends_at > start]
        return sorted(overlapping, key=lambda release: (release.starts_at, release.title))

    def like(self, releases: list[Release], now: datetime) -> list[Release]:
        """The past releases of their titles and kinds, as far back as their kinds are searched."""
        past: list[Release] = []
        titles = {(release.kind, release.title) for release in releases}
        for kind in {kind for kind, _ in titles}:
            series = {uid for uid, *key in self._keys() if tuple(key) in titles and key[0] == kind}
            begin = now - tables.releases().kinds[kind].history_days * DAY
            found = self.between(begin, now, series)
            past += [release for release in found if release.ends_at <= now]
        return past

    def _keys(self) -> Iterator[tuple[str, str, str]]:
        """UID, kind and title of every event."""
        for event in self._events.events:
            yield str(event.get("UID")), kind_of(event), str(event.get("SUMMARY", ""))


def parsed(text: str) -> Calendar:
    """A calendar's text, iCalendar or JSON, as a calendar; raises CalendarError with every problem in it."""
    calendar = calendar_of(text) if text.lstrip().startswith("{") else _icalendar(text)
    found = problems(calendar.events)
    if found:
        more = [f"and {len(found) - PROBLEMS_SHOWN} more"] if len(found) > PROBLEMS_SHOWN else []
        raise CalendarError("\n".join([*found[:PROBLEMS_SHOWN], *more]))
    return Calendar(calendar)


def _icalendar(text: str) -> "Parsed":
    from icalendar import Calendar as Parsed
    from icalendar.timezone import tzp

    # It keeps the time zones of the calendars that it has read, also those that were mended since.
    tzp.use_default()
    try:
        calendar = Parsed.from_ical(text)
    except Exception as error:  # the library has no base error for what it cannot read
        raise CalendarError(f"not an iCalendar file: {error}") from error
    if not isinstance(calendar, Parsed):
        raise CalendarError("not an iCalendar file: it does not begin with BEGIN:VCALENDAR")
    return calendar
