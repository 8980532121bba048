"""Whether calendars can be planned from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from mangaassist.policy.capacity import CalendarError
from mangaassist.policy.demand import Release
from mangaassist.release_calendar import parsed

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Verdict:
    """What was found in a file: problems, or else the releases of the year to come."""

    file: Path
    problems: tuple[str, ...] = ()
    releases: tuple[Release, ...] = ()


def validated(files: Iterable[Path], now: datetime) -> list[Verdict]:
    """A verdict a file, whatever is wrong with it."""
    return [_verdict(file, now) for file in files]


def _verdict(file: Path, now: datetime) -> Verdict:
    try:
        calendar = parsed(file.read_bytes().decode())
        return Verdict(file, releases=tuple(calendar.between(now, now + YEAR)))
    except OSError as error:
        return Verdict(file, (f"cannot be read: {error.strerror}",))
    except UnicodeDecodeError as error:
        return Verdict(file, (f"is not UTF-8: {error}",))
    except CalendarError as error:
        return Verdict(file, tuple(str(error).splitlines()))
