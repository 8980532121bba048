"""The release calendar, an object that operators put into S3."""

from mangaassist.aws.operations import named, operations_client
from mangaassist.policy.capacity import CalendarError


def read_calendar(bucket: str, key: str) -> str:
    """The calendar's text; raises CalendarError when there is none or it is not UTF-8."""
    with named(CalendarError):
        content: bytes = operations_client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise CalendarError(f"s3://{bucket}/{key} is not UTF-8: {error}") from error
