"""Which recurrence rules are followed: those by which something is released, none that has no end of work in it.

A rule that never matches is searched to the year 9999, day by day where it is daily.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mangaassist.release_calendar.fields import FieldError

if TYPE_CHECKING:
    from icalendar import Event

OFTEN = frozenset({"DAILY", "WEEKLY"})
SELDOM = frozenset({"MONTHLY", "YEARLY"})
# Where each part may stand; no other part may.
PARTS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH"), OFTEN | SELDOM),
    **dict.fromkeys(("BYMONTHDAY", "BYSETPOS"), SELDOM),
}
# Least and most of a part's absolute values.
BOUNDS = {"INTERVAL": (1, 400), "COUNT": (1, 10_000), "BYMONTH": (1, 12), "BYMONTHDAY": (1, 31), "BYSETPOS": (1, 366)}


def check_rules(event: "Event") -> None:
    """Raises FieldError for a rule that is not followed."""
    rule = event.get("RRULE")
    if rule is None:
        return
    frequency = ",".join(rule.get("FREQ", []))
    if frequency not in OFTEN | SELDOM:
        raise FieldError(f"has a recurrence rule of FREQ={frequency}: releases come daily at most")
    for part, values in rule.items():
        if frequency not in PARTS.get(part, ()):
            raise FieldError(f"has a recurrence rule with {part}, which FREQ={frequency} does without here")
        least, most = BOUNDS.get(part, (0, 0))
        if most and not all(least <= abs(value) <= most for value in values):
            raise FieldError(f"has a recurrence rule with {part} outside {least} to {most}")
