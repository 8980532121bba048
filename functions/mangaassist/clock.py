"""The present, and how much time is left."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from mangaassist.contracts import Locale
from mangaassist.host import host

# The zone of a language's release days; a turn does not tell where its customer is.
ZONES: dict[Locale, str] = {"ja": "Asia/Tokyo", "en": "America/New_York"}


def now_ms() -> int:
    """The present, in epoch milliseconds."""
    return host().epoch_ns() // 1_000_000


def today(locale: Locale) -> date:
    """The present day where the customer most likely is."""
    return day_at(datetime.fromtimestamp(now_ms() / 1000, UTC), locale)


def day_at(moment: datetime, locale: Locale) -> date:
    """The day that customers have at a moment: until 09:00 in Tokyo, UTC would still call a book out today upcoming."""
    return moment.astimezone(ZoneInfo(ZONES[locale])).date()


@dataclass(frozen=True)
class TimeBudget:
    """The time that a step may still take; `ends_at` is on the monotonic clock, in seconds."""

    ends_at: float

    @classmethod
    def of_ms(cls, ms: int) -> "TimeBudget":
        return cls(host().monotonic() + ms / 1000)

    def part(self, share: float) -> "TimeBudget":
        """The first share of what is left."""
        now = host().monotonic()
        return TimeBudget(now + max(0.0, self.ends_at - now) * share)

    @property
    def ms(self) -> int:
        """What is left, in milliseconds; never negative."""
        return max(0, round((self.ends_at - host().monotonic()) * 1000))
