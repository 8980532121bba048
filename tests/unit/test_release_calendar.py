"""Given iCalendar text, the releases in it are those that take place, at the right moments."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mangaassist.policy.capacity import CalendarError
from plan_releases.release_calendar import releases_between

CHAPTER = """BEGIN:VEVENT
UID:chapter
DTSTART;TZID=America/New_York:20270307T110000
DURATION:PT2H
RRULE:FREQ=WEEKLY;BYDAY=SU;COUNT=4
SUMMARY:Chapter
CATEGORIES:chapter
END:VEVENT"""
MARCH = (datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC))


def calendar(*events: str) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *events, "END:VCALENDAR"]) + "\r\n"


def starts(*events: str) -> list[datetime]:
    return [release.starts_at.astimezone(UTC) for release in releases_between(calendar(*events), *MARCH)]


def test_given_a_weekly_event_when_the_clocks_change_then_it_keeps_its_local_time() -> None:
    assert starts(CHAPTER) == [
        datetime(2027, 3, 7, 16, tzinfo=UTC),
        datetime(2027, 3, 14, 15, tzinfo=UTC),
        datetime(2027, 3, 21, 15, tzinfo=UTC),
        datetime(2027, 3, 28, 15, tzinfo=UTC),
    ]


def test_given_an_excluded_date_then_there_is_no_release_on_it() -> None:
    without = CHAPTER.replace("SUMMARY", "EXDATE;TZID=America/New_York:20270314T110000\nSUMMARY")

    assert datetime(2027, 3, 14, 15, tzinfo=UTC) not in starts(without)
    assert len(starts(without)) == 3


def test_given_a_cancelled_instance_then_the_others_remain() -> None:
    cancelled = """BEGIN:VEVENT
UID:chapter
RECURRENCE-ID;TZID=America/New_York:20270321T110000
DTSTART;TZID=America/New_York:20270321T110000
DURATION:PT2H
STATUS:CANCELLED
SUMMARY:Chapter
END:VEVENT"""

    assert [moment.day for moment in starts(CHAPTER, cancelled)] == [7, 14, 28]


def test_given_a_moved_instance_then_it_takes_place_at_its_new_time_only() -> None:
    moved = """BEGIN:VEVENT
UID:chapter
RECURRENCE-ID;TZID=America/New_York:20270321T110000
DTSTART;TZID=America/New_York:20270319T110000
DURATION:PT2H
SUMMARY:Chapter
END:VEVENT"""

    assert [moment.day for moment in starts(CHAPTER, moved)] == [7, 14, 19, 28]


def test_given_an_event_of_whole_days_then_it_lasts_from_the_first_to_the_last_midnight_of_its_regions() -> None:
    sale = """BEGIN:VEVENT
UID:sale
DTSTART;VALUE=DATE:20270310
DTEND;VALUE=DATE:20270311
SUMMARY:Sale
X-MANGAASSIST-REGION:US,JP
END:VEVENT"""

    (release,) = releases_between(calendar(sale), *MARCH)

    assert release.starts_at == datetime(2027, 3, 9, 15, tzinfo=UTC)
    assert release.ends_at == datetime(2027, 3, 11, 8, tzinfo=UTC)


def test_given_a_release_that_began_before_then_it_still_counts_until_it_ends() -> None:
    during = datetime(2027, 3, 7, 17, tzinfo=UTC)

    assert len(releases_between(calendar(CHAPTER), during, during + timedelta(minutes=1))) == 1
    assert releases_between(calendar(CHAPTER), during + timedelta(hours=1), during + timedelta(hours=2)) == []


@pytest.mark.parametrize(
    ("category", "multiplier"), [("chapter", 3.0), ("volume", 2.0), ("prime-day", 4.0), ("signing", 3.0)]
)
def test_given_no_multiplier_then_the_kind_of_release_decides(category: str, multiplier: float) -> None:
    event = CHAPTER.replace("CATEGORIES:chapter", f"CATEGORIES:{category}")

    assert releases_between(calendar(event), *MARCH)[0].multiplier == multiplier


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        ("DURATION:PT2H", "DTEND;TZID=America/New_York:20270306T110000|does not end after it starts"),
        ("DURATION:PT2H", "DURATION:-PT2H|does not end after it starts"),
        ("DURATION:PT2H\n", "|does not end after it starts"),
        ("DTSTART;TZID=America/New_York:", "DTSTART:|needs a time zone"),
        ("DTSTART;TZID=America/New_York:20270307T110000", "DTSTART:soon|has no usable time"),
        ("DTSTART;TZID=America/New_York:20270307T110000\n", "|has no usable time"),
        ("CATEGORIES:chapter", "X-MANGAASSIST-MULTIPLIER:400|outside 1 to 20"),
        ("CATEGORIES:chapter", "X-MANGAASSIST-MULTIPLIER:nan|outside 1 to 20"),
        ("CATEGORIES:chapter", "X-MANGAASSIST-MULTIPLIER:triple|is no number"),
    ],
)
def test_given_a_broken_event_then_the_error_names_it_and_what_is_wrong(broken: str, problem: str) -> None:
    replacement, message = problem.split("|")

    with pytest.raises(CalendarError, match=f"event chapter .*{message}"):
        releases_between(calendar(CHAPTER.replace(broken, replacement)), *MARCH)


@pytest.mark.parametrize("text", ["", "not a calendar", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n"])
def test_given_no_calendar_then_the_error_says_so(text: str) -> None:
    with pytest.raises(CalendarError, match="not an iCalendar file"):
        releases_between(text, *MARCH)


def test_given_a_rule_nobody_can_follow_then_it_is_a_calendar_error() -> None:
    with pytest.raises(CalendarError, match="recurrence rule"):
        releases_between(calendar(CHAPTER.replace("FREQ=WEEKLY", "FREQ=SOMETIMES")), *MARCH)


def test_the_stores_own_calendar_can_be_read_for_its_whole_year() -> None:
    text = Path("data/releases/calendar.ics").read_text(encoding="utf-8")

    releases = releases_between(text, datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 12, 1, tzinfo=UTC))

    assert len(releases) > 100
    assert all(release.title and release.multiplier >= 1 for release in releases)
