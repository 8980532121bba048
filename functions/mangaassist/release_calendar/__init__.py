"""The release calendar that operators keep, as releases: iCalendar (RFC 5545) or JSON (`json_form`).

Both become one icalendar.Calendar, which `checks` judges event by event (`fields`, `rules`) and `reading` expands.
"""

from mangaassist.release_calendar.reading import Calendar, parsed

__all__ = ["Calendar", "parsed"]
