"""What S3 tells EventBridge of objects in buckets that have EventBridge switched on.

moto tells its own rules, in its own way and of every bus, as no AWS account does. While this is entered, it tells us.
It speaks of tags and of an ACL at every upload; those, and what happens to objects in the course of time, are left out.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, Final

from local.events.entries import Origin, Published
from local.events.rules import DEFAULT_BUS

_HOOK: Final = "_send_event_bridge_message"
_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ObjectCreated:Put": "PutObject",
        "ObjectCreated:Post": "POST Object",
        "ObjectCreated:Copy": "CopyObject",
        "ObjectCreated:CompleteMultipartUpload": "CompleteMultipartUpload",
        "ObjectRemoved:Delete": "DeleteObject",
    }
)


@contextmanager
def bucket_events(publish: Callable[[Published], None], origin: Origin, now: Callable[[], float]) -> Iterator[None]:
    """Publish, on the default bus, what happens to objects of moto's buckets."""
    # moto takes a second to load, and whoever enters this has loaded it already.
    from moto.s3 import notifications

    def send(_account: str, bucket: Any, happened: str, key: Any) -> None:
        kind = str(getattr(happened, "value", happened)).removeprefix("s3:")
        if kind not in _REASONS:
            return
        event = origin.event(
            source="aws.s3",
            detail_type=notifications._detail_type(happened),
            resources=[bucket.arn],
            detail=_detail(bucket.name, key, _REASONS[kind], origin.account),
            at=now(),
        )
        publish(Published(DEFAULT_BUS, event))

    original = getattr(notifications, _HOOK)
    setattr(notifications, _HOOK, send)
    try:
        yield
    finally:
        setattr(notifications, _HOOK, original)


def _detail(bucket: str, key: Any, reason: str, account: str) -> dict[str, Any]:
    version = {"version-id": key.version_id} if key.version_id else {}
    return {
        "version": "0",
        "bucket": {"name": bucket},
        "object": {"key": key.name, "size": key.size, "etag": key.etag.strip('"'), **version},
        "requester": account,
        "reason": reason,
    }
