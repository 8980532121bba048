"""Schedule expressions, on both sides of every change of the clocks.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from datetime import UTC, datetime

import pytest

from local.events import InvalidExpressionError
from local.events.expressions import parse

NEW_YORK, BERLIN, TOKYO = "America/New_York", "Europe/Berlin", "Asia/Tokyo"


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _times(expression: str, zone: str, after: str, count: int) -> list[str]:
    """Days and times in UTC at which an expression is due."""
    parsed, moment, found = parse(expression, zone), _epoch(f"{after}+00:00"), []
    for _ in range(count):
        due = parsed.next_after(moment, moment)
        if due is None:
            break
        moment = due
        found.append(f"{datetime.fromtimestamp(due).astimezone(UTC):%m-%d %H:%M}")
    return found


CRONS = [
    ("cron(0 3 * * ? *)", "UTC", "2026-11-24T03:00:00", ["11-25 03:00", "11-26 03:00"]),
    ("cron(0 9 * * ? *)", TOKYO, "2026-11-24T00:00:00", ["11-25 00:00", "11-26 00:00"]),
    ("cron(0/20 8-9 ? * MON-FRI *)", "UTC", "2026-11-27T09:30:00", ["11-27 09:40", "11-30 08:00"]),
    ("cron(0 10 L * ? *)", "UTC", "2028-02-01T00:00:00", ["02-29 10:00", "03-31 10:00"]),
    ("cron(0 10 L-2 * ? *)", "UTC", "2026-02-01T00:00:00", ["02-26 10:00", "03-29 10:00"]),
    ("cron(0 9 15W * ? *)", "UTC", "2026-08-01T00:00:00", ["08-14 09:00", "09-15 09:00"]),
    ("cron(0 9 1W * ? *)", "UTC", "2026-08-01T00:00:00", ["08-03 09:00", "09-01 09:00"]),
    ("cron(0 9 ? * 6#3 *)", "UTC", "2026-11-01T00:00:00", ["11-20 09:00", "12-18 09:00"]),
    ("cron(0 9 ? * FRI#3 *)", "UTC", "2026-11-01T00:00:00", ["11-20 09:00", "12-18 09:00"]),
    ("cron(0 9 ? 2 FRI#5 *)", "UTC", "2029-10-19T00:00:00", ["02-29 09:00"]),
    ("cron(0 9 ? 2,6 6#5 *)", "UTC", "2024-04-10T00:00:00", ["06-30 09:00", "06-29 09:00"]),
    ("cron(0 9 ? * 6L *)", "UTC", "2026-11-01T00:00:00", ["11-27 09:00", "12-25 09:00"]),
    ("cron(0 9 ? * L *)", "UTC", "2026-11-01T00:00:00", ["11-07 09:00", "11-14 09:00"]),
    ("cron(0 0 29 2 ? *)", "UTC", "2026-01-01T00:00:00", ["02-29 00:00"]),
    ("cron(0 0 1 JAN,JUL ? 2026-2027)", "UTC", "2026-06-01T00:00:00", ["07-01 00:00", "01-01 00:00", "07-01 00:00"]),
    ("cron(0 0 1 1 ? 2025)", "UTC", "2026-01-01T00:00:00", []),
]
CHANGES_OF_THE_CLOCKS = [
    # 02:30 does not exist on March 8 in New York, on March 29 in Berlin.
    ("cron(30 2 * * ? *)", NEW_YORK, "2026-03-06T12:00:00", ["03-07 07:30", "03-09 06:30"]),
    ("cron(30 2 * * ? *)", BERLIN, "2026-03-27T12:00:00", ["03-28 01:30", "03-30 00:30"]),
    ("cron(0/30 * * * ? *)", BERLIN, "2026-03-29T00:10:00", ["03-29 00:30", "03-29 01:00", "03-29 01:30"]),
    # 01:30 comes twice on November 1 in New York, 02:30 on October 25 in Berlin.
    ("cron(30 1 * * ? *)", NEW_YORK, "2026-10-31T12:00:00", ["11-01 05:30", "11-02 06:30"]),
    ("cron(30 2 * * ? *)", BERLIN, "2026-10-24T12:00:00", ["10-25 00:30", "10-26 01:30"]),
    ("cron(0 9 * * ? *)", NEW_YORK, "2026-10-31T12:00:00", ["10-31 13:00", "11-01 14:00"]),
    # Japan has no summer time.
    ("cron(30 2 * * ? *)", TOKYO, "2026-03-07T12:00:00", ["03-07 17:30", "03-08 17:30"]),
]


@pytest.mark.parametrize(("expression", "zone", "after", "due"), CRONS + CHANGES_OF_THE_CLOCKS)
def test_given_a_cron_when_asked_for_what_is_next_then_the_wall_of_its_zone_shows_it(
    expression: str, zone: str, after: str, due: list[str]
) -> None:
    assert _times(expression, zone, after, max(len(due), 1))[: len(due) or None] == due


def test_given_the_second_of_two_equal_hours_when_asked_then_the_first_was_the_one_that_counted() -> None:
    assert _times("cron(0/30 * * * ? *)", NEW_YORK, "2026-11-01T05:30:00", 2) == ["11-01 07:00", "11-01 07:30"]


def test_given_a_rate_when_asked_then_it_counts_from_its_anchor_and_a_day_is_24_hours() -> None:
    rate = parse("rate(1 day)", NEW_YORK)
    anchor = _epoch("2026-10-31T12:00:00-04:00")
    assert rate.next_after(anchor - 5, anchor) == anchor
    assert rate.next_after(anchor, anchor) == _epoch("2026-11-01T11:00:00-05:00")
    assert rate.next_after(anchor + 86_399, anchor) == anchor + 86_400


@pytest.mark.parametrize(
    ("zone", "moment"), [("UTC", "2026-07-01T10:00:00+00:00"), (NEW_YORK, "2026-07-01T10:00:00-04:00")]
)
def test_given_a_one_time_schedule_when_asked_then_it_is_due_once_in_its_zone(zone: str, moment: str) -> None:
    once, due = parse("at(2026-07-01T10:00:00)", zone), _epoch(moment)
    assert once.next_after(due - 1, 0) == due
    assert once.next_after(due, 0) is None


@pytest.mark.parametrize(
    "expression",
    [
        "rate(0 minutes)",
        "rate(1 second)",
        "rate(five days)",
        "at(2026-13-01T00:00:00)",
        "at(2026-07-01)",
        "cron(0 3 * * *)",
        "cron(0 3 * * * *)",
        "cron(60 3 * * ? *)",
        "cron(0 9 LW * ? *)",
        "every day",
        "",
    ],
)
def test_given_an_expression_that_is_none_when_parsed_then_it_is_refused(expression: str) -> None:
    with pytest.raises(InvalidExpressionError, match="Invalid Schedule Expression"):
        parse(expression)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd"])
def test_given_a_zone_that_nobody_knows_when_parsed_then_it_is_refused(zone: str) -> None:
    with pytest.raises(InvalidExpressionError, match="Timezone"):
        parse("rate(1 day)", zone)
