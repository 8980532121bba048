"""The calendar as JSON, for whoever writes it by program: {"releases": [...]}, times local to `time_zone`.

{"uid": "one-piece-jp", "title": "One Piece, weekly chapter", "kind": "chapter", "multiplier": 3.0,
 "time_zone": "Asia/Tokyo", "starts_at": "2026-12-07T00:00", "duration": "PT2H",
 "repeats": "FREQ=WEEKLY;BYDAY=MO;UNTIL=20271128T150000Z",
 "moved": {"2027-02-15T00:00": "2027-02-13T00:00"}, "cancelled": ["2027-06-21T00:00"]}
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, NaiveDatetime, ValidationError

from mangaassist.policy.capacity import CalendarError
from mangaassist.release_calendar.fields import MULTIPLIER

if TYPE_CHECKING:
    from icalendar import Calendar, Event


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class JsonRelease(_Form):
    """One release or a series of them; `repeats` is RFC 5545's recurrence rule, `multiplier` peak over ordinary."""

    uid: str
    title: str
    kind: str
    time_zone: str
    starts_at: NaiveDatetime
    duration: timedelta
    multiplier: float | None = None
    repeats: str | None = None
    moved: dict[NaiveDatetime, NaiveDatetime] = {}
    cancelled: tuple[NaiveDatetime, ...] = ()


class JsonCalendar(_Form):
    releases: Annotated[tuple[JsonRelease, ...], Field()]


def calendar_of(text: str) -> "Calendar":
    """The same calendar as iCalendar; raises CalendarError naming each release and field that is wrong."""
    from icalendar import Calendar

    try:
        form = JsonCalendar.model_validate_json(text)
    except ValidationError as error:
        details = "\n".join(f"{'.'.join(map(str, item['loc'])) or 'text'}: {item['msg']}" for item in error.errors())
        raise CalendarError(f"not a calendar in JSON: {details}") from None
    calendar = Calendar()
    for release in form.releases:
        for event in _events(release):
            calendar.add_component(event)
    return calendar


def _events(release: JsonRelease) -> list["Event"]:
    """The series, and each of its instances that was moved."""
    from icalendar import vRecur

    zone = _zone(release)
    series = _event(release, release.starts_at.replace(tzinfo=zone))
    if release.repeats is not None:
        try:
            series.add("RRULE", vRecur.from_ical(release.repeats))
        except ValueError as error:
            raise CalendarError(f"event {release.uid} ({release.title}) has a broken repeats: {error}") from error
    for day in release.cancelled:
        series.add("EXDATE", day.replace(tzinfo=zone))
    moved = []
    for before, after in release.moved.items():
        instance = _event(release, after.replace(tzinfo=zone))
        instance.add("RECURRENCE-ID", before.replace(tzinfo=zone))
        moved.append(instance)
    return [series, *moved]


def _event(release: JsonRelease, starts_at: datetime) -> "Event":
    from icalendar import Event

    event = Event()
    event.add("UID", release.uid)
    event.add("SUMMARY", release.title)
    event.add("CATEGORIES", [release.kind])
    event.add("DTSTART", starts_at)
    event.add("DURATION", release.duration)
    if release.multiplier is not None:
        event.add(MULTIPLIER, str(release.multiplier))
    return event


def _zone(release: JsonRelease) -> ZoneInfo:
    try:
        return ZoneInfo(release.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise CalendarError(
            f"event {release.uid} ({release.title}) names a time zone that nobody knows, {release.time_zone}: "
            "write Asia/Tokyo or America/New_York"
        ) from error
