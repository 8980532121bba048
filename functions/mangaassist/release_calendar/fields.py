"""What is read of an event: SUMMARY, its times, CATEGORIES (the kind of release), X-MANGAASSIST-REGION (for events of
whole days) and X-MANGAASSIST-MULTIPLIER (peak traffic over ordinary traffic)."""

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mangaassist.policy.demand import Release
from mangaassist.tables import releases

if TYPE_CHECKING:
    from icalendar import Event

HIGHEST_MULTIPLIER = 20.0
NO_KIND = "other"
MULTIPLIER, REGION = "X-MANGAASSIST-MULTIPLIER", "X-MANGAASSIST-REGION"

# An all-day event lasts from the first midnight to the last one in the time zones of its regions.
ZONES = {"JP": ("Asia/Tokyo",), "US": ("America/New_York", "America/Los_Angeles")}


class FieldError(Exception):
    """A field of an event cannot be used; the text completes "event X ..."."""


def release_of(event: "Event") -> Release:
    """One occurrence as a release; raises FieldError.

    Its times become UTC: two hours before a local time are not two hours where the clocks change between.
    """
    starts_at, ends_at = (moment.astimezone(UTC) for moment in times_of(event))
    return Release(str(event.get("SUMMARY", "")), starts_at, ends_at, kind_of(event), multiplier_of(event))


def times_of(event: "Event") -> tuple[datetime, datetime]:
    """Beginning and end, both aware; raises FieldError."""
    from icalendar.error import IncompleteComponent, InvalidCalendar

    try:
        first, last = event.start, event.end
    except (InvalidCalendar, IncompleteComponent, OverflowError) as error:
        raise FieldError(f"has no usable time: {error}") from error
    if isinstance(first, datetime) and isinstance(last, datetime):
        return _aware(event, first), _aware(event, last)
    return min(_midnights(event, first)), max(_midnights(event, last))


def kind_of(event: "Event") -> str:
    """The kind of release, `other` where none is given; raises FieldError for one that nobody knows."""
    categories = event.get("CATEGORIES")
    kind = str(categories.cats[0]).lower().replace(" ", "-") if categories and categories.cats else NO_KIND
    if kind not in releases().kinds:
        raise FieldError(f"is of an unknown kind, {kind}: CATEGORIES is one of {', '.join(releases().kinds)}")
    return kind


def multiplier_of(event: "Event") -> float | None:
    """What the calendar expects, if anything; raises FieldError."""
    own = event.get(MULTIPLIER)
    if own is None:
        return None
    try:
        multiplier = float(own)
    except ValueError:
        raise FieldError(f"has a multiplier that is no number: {own}") from None
    if not 1 <= multiplier <= HIGHEST_MULTIPLIER:
        raise FieldError(f"has a multiplier outside 1 to {HIGHEST_MULTIPLIER:g}: {own}")
    return multiplier


def _aware(event: "Event", moment: datetime) -> datetime:
    if moment.tzinfo is None:
        zone = event["DTSTART"].params.get("TZID")
        what = f"names a time zone that nobody knows, {zone}" if zone else "needs a time zone"
        raise FieldError(f"{what}: write DTSTART;TZID=Asia/Tokyo, or a time that ends in Z")
    return moment


def _midnights(event: "Event", day: date) -> list[datetime]:
    """The moments at which a day begins in the event's regions; without any, in all of them."""
    regions = str(event.get(REGION) or ",".join(ZONES)).replace("\\", "").split(",")
    unknown = [region for region in regions if region not in ZONES]
    if unknown:
        raise FieldError(f"has a region that is none of {', '.join(ZONES)}: {', '.join(unknown)}")
    return [datetime.combine(day, time(), ZoneInfo(zone)) for region in regions for zone in ZONES[region]]
