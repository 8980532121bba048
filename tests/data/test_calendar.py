"""The release calendar means, to the library that reads it, what its author meant."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import icalendar
import pytest
import recurring_ical_events

from data.schemas import Product, read_rows

DATA = Path(__file__).parents[2] / "data"
KINDS = {"chapter", "volume", "anniversary", "prime-day"}


@dataclass(frozen=True)
class Release:
    """One instance of a series of releases."""

    series: str
    start: datetime
    end: datetime
    kind: str
    cancelled: bool
    multiplier: float | None
    product: str | None


def moment(day: date) -> datetime:
    return day if isinstance(day, datetime) else datetime(day.year, day.month, day.day, tzinfo=UTC)


def release(event: icalendar.Event) -> Release:
    multiplier, product = event.get("X-MANGAASSIST-MULTIPLIER"), event.get("X-MANGAASSIST-PRODUCT")
    return Release(
        series=str(event["UID"]).partition("@")[0],
        start=moment(event.start),
        end=moment(event.end),
        kind=",".join(event.categories),
        cancelled=event.get("STATUS") == "CANCELLED",
        multiplier=None if multiplier is None else float(str(multiplier)),
        product=None if product is None else str(product),
    )


@pytest.fixture(scope="module")
def year() -> list[Release]:
    calendar = icalendar.Calendar.from_ical((DATA / "releases" / "calendar.ics").read_bytes())
    instances = recurring_ical_events.of(calendar).between(date(2026, 12, 1), date(2027, 12, 1))
    return [release(event) for event in instances]


def starts(year: list[Release], series: str, *, cancelled: bool = False) -> set[datetime]:
    return {one.start.astimezone(UTC) for one in year if one.series == series and one.cancelled is cancelled}


def test_given_a_year_when_expanded_then_every_month_has_releases_of_known_kinds(year: list[Release]) -> None:
    assert {one.start.month for one in year} == set(range(1, 13))
    assert {one.kind for one in year} == KINDS


def test_given_daylight_saving_when_expanded_then_new_york_keeps_its_hour_and_tokyo_its_own(
    year: list[Release],
) -> None:
    us, jp = starts(year, "one-piece-chapter-us"), starts(year, "one-piece-chapter-jp")
    assert {datetime(2027, 3, 7, 16, tzinfo=UTC), datetime(2027, 3, 14, 15, tzinfo=UTC)} <= us
    assert {datetime(2027, 10, 31, 15, tzinfo=UTC), datetime(2027, 11, 7, 16, tzinfo=UTC)} <= us
    assert {start.hour for start in jp} == {15}


def test_given_holidays_when_expanded_then_no_chapter_comes_out(year: list[Release]) -> None:
    jp = starts(year, "one-piece-chapter-jp")
    assert {start.date() for start in jp}.isdisjoint({date(2027, 1, 3), date(2027, 5, 2), date(2027, 8, 15)})


def test_given_a_moved_chapter_when_expanded_then_only_its_new_time_remains(year: list[Release]) -> None:
    jp = starts(year, "one-piece-chapter-jp")
    assert datetime(2027, 2, 12, 15, tzinfo=UTC) in jp
    assert datetime(2027, 2, 14, 15, tzinfo=UTC) not in jp


def test_given_a_cancelled_chapter_when_expanded_then_it_carries_its_status(year: list[Release]) -> None:
    assert starts(year, "one-piece-chapter-jp", cancelled=True) == {datetime(2027, 6, 20, 15, tzinfo=UTC)}


def test_given_prime_day_when_expanded_then_it_overlaps_other_releases(year: list[Release]) -> None:
    prime_day = next(one for one in year if one.series == "prime-day-us")
    monthly_volumes = [one for one in year if one.series == "viz-day"]
    assert any(one.start < prime_day.end and prime_day.start < one.end for one in monthly_volumes)


def test_given_multipliers_when_read_then_some_releases_raise_the_traffic(year: list[Release]) -> None:
    given = [one.multiplier for one in year if one.multiplier is not None]
    assert min(given) > 1
    assert len(given) < len(year)


def test_given_a_product_release_when_compared_then_the_catalogue_has_the_same_day(year: list[Release]) -> None:
    released = {product.id: product.release_date for product in read_rows(DATA / "catalogue/products.jsonl", Product)}
    announced = {one.product: one.start.date() for one in year if one.product}
    assert announced
    assert announced == {product: released.get(product) for product in announced}


def test_given_the_file_when_read_as_bytes_then_its_lines_are_as_the_standard_asks() -> None:
    raw = (DATA / "releases" / "calendar.ics").read_bytes()
    lines = raw.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)
