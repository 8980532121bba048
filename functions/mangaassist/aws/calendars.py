"""The release calendar, an object that operators put into S3."""

from mangaassist.aws.calls import Dependency, call_within
from mangaassist.aws.clients import client
from mangaassist.policy.capacity import CalendarError

CALENDARS = Dependency("operations", CalendarError, CalendarError)
BUDGET_MS = 5_000


def read_calendar(bucket: str, key: str) -> str:
    """The calendar's text; raises CalendarError when there is none or it is not UTF-8."""
    try:
        return str(call_within(BUDGET_MS, lambda: _content(bucket, key), CALENDARS), "utf-8")
    except UnicodeDecodeError as error:
        raise CalendarError(f"s3://{bucket}/{key} is not UTF-8: {error}") from error


def _content(bucket: str, key: str) -> bytes:
    content: bytes = client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return content
