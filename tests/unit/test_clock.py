from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from mangaassist.clock import day_at
from mangaassist.contracts import Locale

MIDNIGHT_IN_TOKYO = datetime(2026, 12, 8, tzinfo=timezone(timedelta(hours=9)))


@pytest.mark.parametrize(
    ("moment", "locale", "day"),
    [
        (MIDNIGHT_IN_TOKYO, "ja", date(2026, 12, 8)),
        (MIDNIGHT_IN_TOKYO - timedelta(seconds=1), "ja", date(2026, 12, 7)),
        (MIDNIGHT_IN_TOKYO, "en", date(2026, 12, 7)),
        (datetime(2026, 12, 8, 4, 59, tzinfo=UTC), "en", date(2026, 12, 7)),
        (datetime(2026, 12, 8, 5, 0, tzinfo=UTC), "en", date(2026, 12, 8)),
    ],
)
def test_a_day_begins_where_the_customer_is(moment: datetime, locale: Locale, day: date) -> None:
    assert day_at(moment, locale) == day
