"""Given iCalendar text, the releases in it are those that take place, at the right moments."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mangaassist.policy.capacity import CalendarError
from mangaassist.policy.demand import Release
from mangaassist.release_calendar import parsed

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


def releases_between(text: str, start: datetime, end: datetime) -> list[Release]:
    return parsed(text).between(start, end)


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
    ("line", "kind"),
    [
        ("CATEGORIES:volume", "volume"),
        ("CATEGORIES:Prime Day", "prime-day"),
        ("CATEGORIES:anniversary,books", "anniversary"),
        ("TRANSP:TRANSPARENT", "other"),
    ],
)
def test_given_a_category_then_it_is_the_kind_of_release(line: str, kind: str) -> None:
    event = CHAPTER.replace("CATEGORIES:chapter", line)

    assert releases_between(calendar(event), *MARCH)[0].kind == kind


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        ("DURATION:PT2H", "DTEND;TZID=America/New_York:20270306T110000|does not end after it starts"),
        ("DURATION:PT2H", "DURATION:-PT2H|does not end after it starts"),
        ("DURATION:PT2H\n", "|does not end after it starts"),
        ("DTSTART;TZID=America/New_York:", "DTSTART:|needs a time zone"),
        ("America/New_York", "Mars/Olympus|names a time zone that nobody knows, Mars/Olympus"),
        ("DTSTART;TZID=America/New_York:20270307T110000", "DTSTART:soon|has a broken DTSTART"),
        ("DURATION:PT2H", "DURATION:two hours|has a broken DURATION"),
        ("DURATION:PT2H", "DURATION:P60D|lasts more than 31 days"),
        ("FREQ=WEEKLY", "FREQ=SOMETIMES|has a broken RRULE"),
        ("FREQ=WEEKLY;BYDAY=SU", "FREQ=SECONDLY|releases come daily at most"),
        ("COUNT=4", "INTERVAL=0|INTERVAL outside 1 to 400"),
        ("FREQ=WEEKLY;BYDAY=SU", "FREQ=DAILY;BYMONTHDAY=32|with BYMONTHDAY, which FREQ=DAILY does without"),
        ("FREQ=WEEKLY;BYDAY=SU", "FREQ=MONTHLY;BYMONTHDAY=32|BYMONTHDAY outside 1 to 31"),
        ("FREQ=WEEKLY;BYDAY=SU", "FREQ=DAILY;BYSECOND=1,2,3|with BYSECOND"),
        ("20270307T110000", "00010107T110000|takes place in 1"),
        ("20270307T110000", "99991231T235900|has no usable time"),
        ("CATEGORIES:chapter", "CATEGORIES:chapter\nCATEGORIES:volume|has more than one CATEGORIES"),
        ("COUNT=4", "COUNT=4\nRECURRENCE-ID:soon|has a broken RECURRENCE-ID"),
        ("SUMMARY:Chapter\n", "|has no SUMMARY"),
        ("CATEGORIES:chapter", "CATEGORIES:chaptre|is of an unknown kind, chaptre: CATEGORIES is one of chapter"),
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


@pytest.mark.parametrize(
    "text",
    ["", "not a calendar", "BEGIN:VCARD\r\nEND:VCARD\r\n", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n"],
)
def test_given_no_calendar_then_the_error_says_so(text: str) -> None:
    with pytest.raises(CalendarError, match="not an iCalendar file"):
        releases_between(text, *MARCH)


def test_given_two_events_of_one_uid_then_the_error_says_so() -> None:
    with pytest.raises(CalendarError, match=r"event chapter .*has a UID that another event has"):
        parsed(calendar(CHAPTER, CHAPTER.replace("20270307", "20270310")))


def test_given_a_moved_instance_of_no_series_then_the_error_says_so() -> None:
    astray = CHAPTER.replace("RRULE:FREQ=WEEKLY;BYDAY=SU;COUNT=4", "RECURRENCE-ID:20270307T160000Z")

    with pytest.raises(CalendarError, match="a series that is not there"):
        parsed(calendar(astray))


def test_given_several_broken_events_then_each_is_named() -> None:
    first = CHAPTER.replace("DURATION:PT2H", "DURATION:-PT2H")
    second = CHAPTER.replace("UID:chapter", "UID:volume").replace("CATEGORIES:chapter", "X-MANGAASSIST-MULTIPLIER:400")

    with pytest.raises(CalendarError, match=r"(?s)event chapter .*event volume "):
        parsed(calendar(first, second))


def test_given_a_region_that_is_not_served_then_the_error_says_which_are() -> None:
    sale = "BEGIN:VEVENT\nUID:sale\nDTSTART;VALUE=DATE:20270310\nSUMMARY:Sale\nX-MANGAASSIST-REGION:FR\nEND:VEVENT"

    with pytest.raises(CalendarError, match=r"event sale .*none of JP, US: FR"):
        parsed(calendar(sale))


def test_given_outlooks_name_of_a_time_zone_then_it_is_understood() -> None:
    outlook = CHAPTER.replace("America/New_York", "Tokyo Standard Time")

    assert starts(outlook)[0] == datetime(2027, 3, 7, 2, tzinfo=UTC)


def test_given_past_chapters_then_those_of_the_same_title_and_kind_are_found() -> None:
    other = CHAPTER.replace("UID:chapter", "UID:other").replace("SUMMARY:Chapter", "SUMMARY:Another")
    both = parsed(calendar(CHAPTER, other))
    now = datetime(2027, 3, 20, tzinfo=UTC)
    (coming,) = [one for one in both.between(now, now + timedelta(days=3)) if one.title == "Chapter"]

    past = both.like([coming], now)

    assert [(one.title, one.starts_at.day) for one in past] == [("Chapter", 7), ("Chapter", 14)]


def test_the_stores_own_calendar_can_be_read_for_its_whole_year() -> None:
    text = Path("data/releases/calendar.ics").read_text(encoding="utf-8")

    releases = releases_between(text, datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 12, 1, tzinfo=UTC))

    assert len(releases) > 100
    assert {release.kind for release in releases} == {"chapter", "volume", "anniversary", "prime-day"}


SERIES = """{"releases": [{"uid": "chapter", "title": "Chapter", "kind": "chapter", "multiplier": 3.0,
  "time_zone": "America/New_York", "starts_at": "2027-03-07T11:00", "duration": "PT2H",
  "repeats": "FREQ=WEEKLY;BYDAY=SU;COUNT=5",
  "moved": {"2027-03-21T11:00": "2027-03-19T11:00"}, "cancelled": ["2027-03-28T11:00"]}]}"""


def test_given_a_series_as_json_then_it_means_what_the_same_series_means_as_icalendar() -> None:
    found = releases_between(SERIES, *MARCH)

    assert [one.starts_at for one in found] == [
        datetime(2027, 3, 7, 16, tzinfo=UTC),
        datetime(2027, 3, 14, 15, tzinfo=UTC),
        datetime(2027, 3, 19, 15, tzinfo=UTC),
    ]
    assert {(one.title, one.kind, one.multiplier) for one in found} == {("Chapter", "chapter", 3.0)}
    assert {one.ends_at - one.starts_at for one in found} == {timedelta(hours=2)}


@pytest.mark.parametrize(
    ("field", "broken", "problem"),
    [
        ('"PT2H"', '"-PT2H"', "event chapter .*does not end after it starts"),
        ('"America/New_York"', '"Mars/Olympus"', "event chapter .*a time zone that nobody knows, Mars/Olympus"),
        ('"2027-03-07T11:00"', '"2027-03-07T11:00Z"', r"releases.0.starts_at"),
        ('"multiplier": 3.0', '"multiplier": 400', "event chapter .*outside 1 to 20"),
        ('"multiplier": 3.0', '"multplier": 3.0', r"releases.0.multplier: Extra inputs"),
        ('"kind": "chapter"', '"kind": "chaptre"', "event chapter .*unknown kind, chaptre"),
        ("FREQ=WEEKLY", "FREQ=SOMETIMES", "event chapter .*broken"),
        ("FREQ=WEEKLY;BYDAY=SU", "FREQ=HOURLY", "event chapter .*daily at most"),
        ('"releases"', '"release"', r"release: Extra inputs"),
        ("{", "{{", "not a calendar in JSON"),
    ],
)
def test_given_broken_json_then_the_error_names_the_release_and_the_field(
    field: str, broken: str, problem: str
) -> None:
    with pytest.raises(CalendarError, match=f"(?s){problem}"):
        parsed(SERIES.replace(field, broken, 1))


LINES = Path("data/releases/calendar.ics").read_text(encoding="utf-8").split("BEGIN:VEVENT\n", 3)[:3]
STORE = "BEGIN:VEVENT\n".join(LINES) + "END:VCALENDAR\n"
places = st.integers(min_value=0, max_value=len(STORE) - 1)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(places, st.integers(0, 3), st.sampled_from(["", "\n", ":", ";", "0", "X"])), max_size=4))
def test_given_any_damage_to_a_calendar_then_it_is_read_or_refused(damage: list[tuple[int, int, str]]) -> None:
    text = STORE
    for place, cut, put in damage:
        text = text[:place] + put + text[place + cut :]

    with suppress(CalendarError):
        assert all(one.ends_at > one.starts_at for one in releases_between(text, *MARCH))


def test_given_ten_thousand_events_then_they_are_read() -> None:
    start = datetime(2027, 3, 1, tzinfo=UTC)
    events = [
        f"BEGIN:VEVENT\nUID:{number}\nSUMMARY:Volume {number}\nCATEGORIES:volume\n"
        f"DTSTART:{start + timedelta(minutes=number):%Y%m%dT%H%M%SZ}\nDURATION:PT1H\nEND:VEVENT"
        for number in range(10_000)
    ]

    found = parsed(calendar(*events)).between(start, start + timedelta(days=1))

    assert len(found) == 24 * 60
