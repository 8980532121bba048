"""The days of cron expressions, beside a calendar that is walked through month by month."""

import calendar
import itertools
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime

import pytest

from local.events.expressions import parse

STARTS = [
    datetime(year, month, 14, 9, 30, tzinfo=UTC) for year, month in ((2024, 1), (2027, 12), (2034, 6), (2035, 10))
]
MONTHS: dict[str, Sequence[int]] = {"*": range(1, 13), "2": (2,), "2,6": (2, 6), "DEC": (12,)}
SATURDAY, SUNDAY = 5, 6

Days = Callable[[int, int], set[int]]


def _weekday(aws: int) -> int:
    """Python's number of a day that AWS counts from Sunday, 1."""
    return (aws + 5) % 7


def _all_of(aws: int, year: int, month: int) -> list[int]:
    last = calendar.monthrange(year, month)[1]
    return [day for day in range(1, last + 1) if date(year, month, day).weekday() == _weekday(aws)]


def _before_the_end(days: int) -> Days:
    return lambda year, month: {calendar.monthrange(year, month)[1] - days} - {0, -1, -2}


def _nearest_weekday(day: int) -> Days:
    def days(year: int, month: int) -> set[int]:
        last = calendar.monthrange(year, month)[1]
        if day > last:
            return set()
        weekday = date(year, month, day).weekday()
        if weekday == SATURDAY:
            return {day - 1 if day > 1 else day + 2}
        if weekday == SUNDAY:
            return {day + 1 if day < last else day - 2}
        return {day}

    return days


def _nth(aws: int, number: int) -> Days:
    return lambda year, month: set(_all_of(aws, year, month)[number - 1 : number])


def _last(aws: int) -> Days:
    return lambda year, month: {_all_of(aws, year, month)[-1]}


def _any(*aws: int) -> Days:
    return lambda year, month: {day for one in aws for day in _all_of(one, year, month)}


OF_MONTH: dict[str, Days] = {
    "L": _before_the_end(0),
    "L-3": _before_the_end(3),
    "L-30": _before_the_end(30),
    "1,15,28": lambda _year, _month: {1, 15, 28},
    "*": _any(1, 2, 3, 4, 5, 6, 7),
    **{f"{day}W": _nearest_weekday(day) for day in (1, 15, 29, 30, 31)},
}
OF_WEEK: dict[str, Days] = {
    **{f"{aws}#{number}": _nth(aws, number) for aws, number in ((6, 3), (6, 5), (1, 1), (7, 5), (4, 5))},
    **{f"{aws}L": _last(aws) for aws in (1, 2, 6, 7)},
    "L": _any(7),
    "2,6": _any(2, 6),
    "MON-FRI": _any(2, 3, 4, 5, 6),
}
EXPRESSIONS = [(f"{of_month} {{}} ?", days) for of_month, days in OF_MONTH.items()]
EXPRESSIONS += [(f"? {{}} {of_week}", days) for of_week, days in OF_WEEK.items()]


def _walked(days: Days, months: Sequence[int], start: datetime) -> Iterator[datetime]:
    """Nine o'clock of each day that there is, for as long as cron expressions reach."""
    for year, month in itertools.product(range(start.year, 2200), months):
        for day in sorted(days(year, month)):
            moment = datetime(year, month, day, 9, tzinfo=UTC)
            if moment > start:
                yield moment


@pytest.mark.parametrize("months", MONTHS)
@pytest.mark.parametrize(("expression", "days"), EXPRESSIONS, ids=[expression for expression, _ in EXPRESSIONS])
def test_given_days_of_the_month_or_week_when_asked_for_the_next_then_they_are_those_of_the_calendar(
    expression: str, days: Days, months: str
) -> None:
    parsed = parse(f"cron(0 9 {expression.format(months)} *)")
    for start in STARTS:
        moment: float | None = start.timestamp()
        walked = _walked(days, MONTHS[months], start)
        for expected in [next(walked, None) for _ in range(3)]:
            moment = None if moment is None else parsed.next_after(moment, 0)
            assert moment == (None if expected is None else expected.timestamp())
